//! When the room opens and closes.

use super::*;

#[tokio::test]
async fn a_room_opens_later_and_people_say_that_they_come() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    assert!(core.text(&ana(), "/schedule").await.starts_with("The room is open, and nothing is scheduled."));
    let reply = core.run(&maya(), "/schedule in 2h until:\"in 4h\"").await;
    assert!(
        reply.text.starts_with("The room opens at ") && reply.text.contains("(UTC), in 2 hours. It closes at "),
        "{}",
        reply.text
    );
    assert_eq!(buttons(&reply), ["I’m coming"]);
    assert_eq!(core.press(&ana(), Action::Coming, room).await.text, "You are coming, the first one so far.");
    assert_eq!(core.press(&ben(), Action::Coming, room).await.text, "You are coming, one of 2.");
    assert_eq!(core.press(&ben(), Action::Coming, room).await.text, "You are not coming after all.");
    assert!(core.text(&ana(), "/schedule").await.ends_with("1 person is coming."));
    assert_eq!(core.text(&maya(), "/schedule now").await, "The room is open.");
    assert_eq!(core.text(&maya(), "/schedule now").await, "The room is open already.");
    assert!(core.text(&maya(), "/schedule off").await.starts_with("The room is open, and nothing is scheduled."));
    assert!(core.run(&ana(), "/schedule in 1h").await.refused);
}

#[tokio::test]
async fn a_time_of_day_is_that_of_the_chat() {
    let core = core();
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    let reply = core.run(&maya(), "/schedule tomorrow 20:30").await;
    assert!(reply.text.contains(" 20:30 (UTC)"), "{}", reply.text);
    assert!(reply.text.ends_with(
        "Times of day are UTC here until somebody sets another zone, such as /settings timezone Europe/Berlin."
    ));
    assert_eq!(core.text(&maya(), "/settings timezone europe/berlin").await, "timezone: Europe/Berlin");
    let reply = core.run(&maya(), "/schedule tomorrow 20:30").await;
    assert!(reply.text.contains(" 20:30 (Europe/Berlin)") && !reply.text.contains("UTC"), "{}", reply.text);
}

#[tokio::test]
async fn what_cannot_be_is_said_with_what_can() {
    let core = core();
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    for (line, words) in [
        ("/schedule soon", "soon is not a time. Write 20:30, tomorrow 20:30, 2026-12-31 20:30 or in 2h."),
        (
            "/schedule 2020-01-01 10:00",
            "That time is over. Name one that is still to come, such as tomorrow 20:30 or in 2h.",
        ),
        ("/schedule in 500d", "That is more than a year away. Name an earlier time."),
        (
            "/schedule 2026-02-30 10:00",
            "There is no such day or time. Write 20:30, tomorrow 20:30, 2026-12-31 20:30 or in 2h.",
        ),
        ("/schedule in 3h until:\"in 2h\"", "The end must be later than the start."),
    ] {
        let reply = core.run(&maya(), line).await;
        assert_eq!(reply.text, words, "{line}");
        assert!(reply.refused);
    }
}
