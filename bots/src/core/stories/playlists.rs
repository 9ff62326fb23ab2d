//! Saved playlists.

use super::*;

#[tokio::test]
async fn a_playlist_is_saved_listed_loaded_and_deleted() {
    let core = core();
    assert!(core.text(&ana(), "/playlist").await.starts_with("There is no playlist yet."));
    core.run(&ana(), &format!("/watch {SINTEL} {LAUNDROMAT}")).await;
    assert_eq!(core.text(&ana(), "/playlist save Blender films").await, "Saved 2 as Blender films.");
    assert_eq!(
        core.text(&ben(), "/playlist save blender films").await,
        "Something is called blender films already. Choose another name."
    );
    assert_eq!(core.text(&ben(), "/playlist list").await, "Playlists of the room:\nBlender films (2)");
    let loaded = core.run(&ben(), "/playlist load BLENDER").await;
    assert_eq!(loaded.text, "Queued 2 from Blender films.");
    assert_eq!(
        core.text(&ben(), "/playlist load horror").await,
        "There is no such playlist. Look at the list of them."
    );
    let question = core.run(&ben(), "/playlist delete Blender films").await;
    assert_eq!((question.text.as_str(), question.private), ("Delete the playlist Blender films with 2 in it?", true));
    let room = question.room.unwrap();
    assert_eq!(core.press(&ben(), action(&question, "Delete"), room).await.text, "Deleted the playlist Blender films.");
    assert!(core.text(&ana(), "/playlist").await.starts_with("There is no playlist yet."));
}

#[tokio::test]
async fn who_may_only_watch_saves_for_themself_and_loads_it_elsewhere() {
    let core = core();
    core.run(&maya(), &format!("/watch {SINTEL}")).await;
    core.run(&maya(), "/settings preset hosts").await;
    assert_eq!(core.text(&ana(), "/playlist save Mine").await, "Saved 1 as Mine, for you alone.");
    assert_eq!(
        core.text(&ben(), "/playlist").await,
        "There is no playlist yet. Save what is on and what comes with /playlist save and a name."
    );
    // In another chat, where nothing is on yet.
    let elsewhere = somebody(1, "Ana", 8);
    assert_eq!(core.text(&elsewhere, "/playlist").await, "Your own:\nMine (1)");
    let reply = core.run(&elsewhere, "/playlist load mine").await;
    assert_eq!(reply.text, "Queued 1 from Mine.");
    assert!(core.text(&elsewhere, "/now").await.starts_with("Sintel\n"));
}
