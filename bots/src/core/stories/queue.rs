//! Queueing, and changing the queue.

use super::*;

const MANY: [&str; 4] = [
    "https://films.example/1.mp4",
    "https://films.example/2.mp4",
    "https://films.example/3.mp4",
    "https://films.example/4.mp4",
];

fn core_of_many() -> Core {
    let mut table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888));
    for (n, link) in MANY.iter().enumerate() {
        table = table.video(link, &format!("Film {}", n + 1), Millis::seconds(600));
    }
    let table = table.playlist("https://films.example/all", "All", &MANY);
    let engine = Engine::new(Arc::new(MemoryStore::new()), Arc::new(table), Clock::start(), &Settings::default());
    Core::new(engine, Url::parse("https://couch.example/").unwrap())
}

#[tokio::test]
async fn several_links_are_queued_at_once_and_what_is_left_out_is_said() {
    let core = core_of_many();
    let pasted = format!("{} {}\nhttps://films.example/none.mp4", MANY[0], MANY[1]);
    let reply = core.run(&ana(), &format!("/watch {pasted}")).await;
    let mut lines = reply.text.lines();
    assert_eq!(lines.next(), Some("Now playing Film 1 (10:00). One more is queued."));
    let left_out = lines.next().unwrap();
    assert!(left_out.starts_with("Left out https://films.example/none.mp4: There is nothing to play"), "{left_out}");
    assert_eq!(
        core.text(&ana(), &format!("/queue add {} {}", MANY[2], MANY[3])).await,
        "Queued 2, from number 2 on. The first is Film 3 (10:00)."
    );
    let reply = core.run(&ana(), &format!("/queue next {SINTEL}")).await;
    assert_eq!(reply.text, "Queued as number 1: Sintel (14:48).");
}

#[tokio::test]
async fn who_queues_reads_when_it_starts() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {}", MANY[0])).await;
    core.run(&ana(), "/play").await;
    assert_eq!(
        core.text(&ben(), &format!("/watch {}", MANY[1])).await,
        "Queued as number 1: Film 2 (10:00). It starts in about 10 minutes."
    );
    core.run(&ben(), &format!("/watch {}", MANY[2])).await;
    assert_eq!(
        core.text(&ana(), "/queue").await,
        "Now playing Film 1.\n1. Film 2 (10:00), from Ben, in about 10 minutes\n2. Film 3 (10:00), from Ben, in about 20 minutes"
    );
    core.run(&ana(), "/speed 2").await;
    assert!(core.text(&ana(), "/queue").await.contains("in about 5 minutes"));
}

#[tokio::test]
async fn a_list_is_queued_as_a_whole_and_can_be_taken_back() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {SINTEL}")).await;
    let reply = core.run(&ana(), "/queue import https://films.example/all").await;
    assert_eq!(reply.text, "Queued 4, from number 1 on. The first is Film 1 (10:00).");
    let room = reply.room.unwrap();
    assert_eq!(core.press(&ana(), action(&reply, "Undo"), room).await.text, "Taken back.");
    assert!(core.engine().rooms.view(room).await.unwrap().queue.is_empty());
    let pasted = format!("#EXTM3U\n#EXTINF:600,One\n{}\n{}", MANY[0], MANY[1]);
    let reply = core.run(&ana(), &format!("/queue import {pasted}")).await;
    assert!(reply.text.starts_with("Queued 2, from number 1 on."), "{}", reply.text);
}

#[tokio::test]
async fn the_queue_goes_as_a_file_and_comes_back() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {} {}", MANY[0], MANY[1])).await;
    let reply = core.run(&ana(), "/queue export").await;
    assert_eq!((reply.text.as_str(), reply.private), ("All 2 as a file.", true));
    let file = reply.file.unwrap();
    assert_eq!(file.name, "onecouch-queue.txt");
    assert_eq!(engine::lists::parse(&file.text).len(), 2);
    let file = core.run(&ana(), "/queue export json").await.file.unwrap();
    assert_eq!(file.name, "onecouch-queue.json");
    let reply = core.run(&somebody(9, "Ida", 8), &format!("/watch {}", file.text)).await;
    assert_eq!(reply.text, "Now playing Film 1 (10:00). One more is queued.");
}

#[tokio::test]
async fn a_long_queue_has_pages_and_choices() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {SINTEL}")).await;
    let links = MANY.iter().cycle().take(20).copied().collect::<Vec<_>>().join("\n");
    core.run(&ana(), &format!("/queue add {links}")).await;
    let reply = core.run(&ana(), "/queue").await;
    assert!(reply.text.ends_with("15. Film 3 (10:00), from Ana\nAnd 5 more."), "{}", reply.text);
    assert_eq!((reply.choices.len(), buttons(&reply)), (15, vec!["More"]));
    let room = reply.room.unwrap();
    let more = core.press(&ben(), action(&reply, "More"), room).await;
    assert!(more.text.starts_with("16. Film 4") && more.private, "{more:?}");
    assert_eq!((more.choices.len(), more.buttons.len()), (5, 0));
    let (pick, of) = Action::parse(&more.choices[0].value).unwrap();
    assert_eq!(of, room);
    assert_eq!(core.press(&ben(), pick, room).await.text, "Now playing Film 4.");
}

#[tokio::test]
async fn the_queue_is_moved_shuffled_and_emptied_and_all_of_it_taken_back() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {SINTEL}\n{}\n{}\n{}", MANY[0], MANY[1], MANY[2])).await;
    let reply = core.run(&ana(), "/queue move 3 1").await;
    assert_eq!((reply.text.as_str(), buttons(&reply)), ("Film 3 is number 1 now.", vec!["Undo"]));
    let room = reply.room.unwrap();
    core.press(&ana(), action(&reply, "Undo"), room).await;
    let titles = async || {
        let view = core.engine().rooms.view(room).await.unwrap();
        view.queue.iter().map(|item| item.media.label().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles().await, ["Film 1", "Film 2", "Film 3"]);
    assert_eq!(core.text(&ana(), "/queue shuffle").await, "The 3 in the queue come in another order now.");
    assert_eq!(core.text(&ana(), "/queue move 9 1").await, "That item is not in the queue. Look at /queue list.");

    let question = core.run(&ana(), "/queue clear").await;
    assert_eq!(question.text, "Empty the queue of 3? What is on plays on.");
    assert_eq!((question.private, buttons(&question)), (true, vec!["Empty the queue", "Cancel"]));
    assert_eq!(core.press(&ana(), Action::Never, room).await.text, "Left as it is.");
    assert_eq!(titles().await.len(), 3);
    let cleared = core.press(&ana(), action(&question, "Empty the queue"), room).await;
    assert_eq!(cleared.text, "The queue is empty. What is on plays on.");
    core.press(&ben(), action(&cleared, "Undo"), room).await;
    assert_eq!(titles().await.len(), 3);
    core.press(&ana(), Action::SureClear, room).await;
    assert_eq!(core.text(&ana(), "/queue clear").await, "The queue is empty. Add something with /watch and a link.");
    assert_eq!(core.text(&ana(), "/queue export xml").await, "The one of it as a file.");
}

#[tokio::test]
async fn a_film_comes_with_a_mode_a_title_and_an_hour_as_far_as_one_may() {
    let core = core_of_many();
    let line = format!("/watch {SINTEL} mode:fair title:\"Film night\" when:\"in 2h\"");
    let reply = core.run(&ana(), &line).await;
    let lines: Vec<_> = reply.text.lines().collect();
    assert_eq!(lines[0], "Now playing Sintel (14:48). It starts when the room opens.");
    assert_eq!(lines[1], "The room is called Film night from now on.");
    assert_eq!(lines[2], "Everybody takes turns: nobody waits behind somebody’s twenty.");
    assert!(lines[3].starts_with("The room opens at ") && lines[3].contains("(UTC), in 2 hours."), "{}", lines[3]);

    let reply = core.run(&ben(), &format!("/watch {} mode:dj title:Mine", MANY[0])).await;
    assert!(!reply.refused);
    let lines: Vec<_> = reply.text.lines().collect();
    assert_eq!(lines[0], "Queued as number 1: Film 1 (10:00).");
    assert_eq!(lines[1], "Only Ana and co-hosts may change the title here. Ask them.");
    assert_eq!(lines[2], "Only Ana and co-hosts may change how the queue works here. Ask them.");
}

#[tokio::test]
async fn the_mode_is_shown_and_changed() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {SINTEL}")).await;
    assert_eq!(core.text(&ben(), "/mode").await, "The queue plays in the order in which people put it.");
    assert_eq!(core.text(&ana(), "/mode loop").await, "The queue goes round: what was played goes to its end.");
    assert_eq!(
        core.text(&ben(), "/mode vote").await,
        "Only Ana and co-hosts may change how the queue works here. Ask them."
    );
    assert_eq!(
        core.text(&ana(), "/mode chaos").await,
        "A queue is ordered in one of these ways: manual, vote, loop, dj, fair."
    );
}

#[tokio::test]
async fn what_was_on_is_listed_and_gone_back_to() {
    let core = core_of_many();
    core.run(&ana(), &format!("/watch {} {}", MANY[0], MANY[1])).await;
    assert_eq!(core.text(&ana(), "/history").await, "Nothing was on yet.");
    assert_eq!(core.text(&ana(), "/back").await, "Nothing was on before this.");
    core.run(&ben(), "/skip").await;
    assert_eq!(core.text(&ana(), "/history").await, "1. Film 1 (10:00), from Ana, just now");
    let reply = core.run(&ben(), "/back").await;
    assert_eq!((reply.text.as_str(), buttons(&reply)), ("Now playing Film 1.", vec!["Undo"]));
}

#[tokio::test]
async fn a_search_finds_the_first_and_nonsense_is_told_what_to_do() {
    let core = core_of_many();
    assert_eq!(
        core.text(&ana(), "/watch the film 1").await,
        "There is nothing to play behind that link. Use a video file, an HLS or DASH stream, YouTube, Vimeo, Twitch or Dailymotion."
    );
    assert!(core.text(&ana(), "/watch film 1").await.starts_with("Now playing Film 1 (10:00)."));
    assert_eq!(core.text(&ana(), "/queue add bunny").await, "That is not a link. Paste one that begins with https://.");
    assert_eq!(core.text(&ana(), "/queue add").await, "Something is missing: /queue add LINK");
}
