//! Lists in the shapes in which people keep them.

use super::*;
use crate::media::Player;

fn named(entries: &[(&str, Option<&str>)]) -> Vec<Entry> {
    entries.iter().map(|(link, title)| ((*link).to_owned(), title.map(str::to_owned))).collect()
}

const ONE: &str = "https://films.example/1.mp4";
const TWO: &str = "https://films.example/2,b.mp4";

#[test]
fn a_list_is_read_in_every_shape_in_which_people_keep_one() {
    let titled = named(&[(ONE, Some("The first, and best")), (TWO, Some("Zwei"))]);
    for text in [
        format!("#EXTM3U\n#EXTINF:12,The first, and best\n{ONE}\n\n#EXTINF:-1 tvg-name=\"a,b\" x=y,Zwei\r\n{TWO}"),
        format!(
            "\u{feff}#EXTM3U\n# a remark\n#EXTINF:12.5,The first, and best\n#EXTGRP:x\n{ONE}\n#EXTINF:3,Zwei\n{TWO}\n"
        ),
        format!("url,title\n{ONE},\"The first, and best\"\n\"{TWO}\",Zwei\n"),
        format!("Title;Length;URL\n\"The first, and best\";12;{ONE}\nZwei;3;{TWO}"),
        format!("{ONE},\"The first, and best\"\n\"{TWO}\",Zwei"),
        format!(r#"[{{"url":"{ONE}","title":"The first, and best"}},{{"link":"{TWO}","name":"Zwei"}},7,null]"#),
        format!("{ONE} The first, and best\n{TWO}\tZwei"),
    ] {
        // Without quotes, CSV cannot keep a comma of a link.
        assert_eq!(parse(&text), titled, "{text}");
    }
    let bare = named(&[(ONE, None), (TWO, None)]);
    for text in [
        format!("{ONE}\n{TWO}"),
        format!("  # films\n\n <{ONE}> \n films.example/2,b.mp4\nno link\nftp://films.example/3.mp4\n"),
        format!(r#"["{ONE}", "{TWO}", "javascript:alert(1)", "film"]"#),
        format!("{ONE},\n{TWO}").replace("1.mp4,", "1.mp4"),
    ] {
        assert_eq!(parse(&text), bare, "{text}");
    }
}

#[test]
fn a_text_that_is_no_list_holds_nothing() {
    for text in [
        "",
        "   ",
        "hello there",
        "e.g. this",
        "[",
        "[[[[",
        "{\"url\":\"https://a.example/1.mp4\"}",
        "#EXTM3U",
        "url,title\n",
        "\"",
        "url,\"",
    ] {
        assert_eq!(parse(text), [], "{text}");
    }
    assert_eq!(parse(&"[".repeat(100_000)), []);
}

#[test]
fn a_list_is_read_to_its_500th_entry_and_a_link_to_its_2048th_byte() {
    let many: Vec<String> = (0..700).map(|n| format!("https://films.example/{n}.mp4")).collect();
    let many = many.join("\n");
    assert_eq!(parse(&many).len(), LIMIT);
    let json = serde_json::to_string(&many.lines().collect::<Vec<_>>()).unwrap();
    assert_eq!(parse(&json).len(), LIMIT);
    assert_eq!(parse(&format!("https://films.example/{}", "x".repeat(2_048))), []);
    let long = format!("{ONE} {}", "ж".repeat(1_000));
    assert_eq!(parse(&long)[0].1.as_ref().unwrap().chars().count(), 200);
}

#[test]
fn what_stands_in_an_m3u_without_a_host_is_beside_it() {
    let at: Url = "https://films.example/lists/all.m3u".parse().unwrap();
    let text = "#EXTM3U\n#PLAYLIST: All of them \n#EXTINF:1,One\nOne film.mp4\n../2.mp4\n/3.mp4\nmailto:x\n";
    assert_eq!(
        parse_at(text, Some(&at)),
        named(&[
            ("https://films.example/lists/One%20film.mp4", Some("One")),
            ("https://films.example/2.mp4", None),
            ("https://films.example/3.mp4", None),
        ])
    );
    assert_eq!(title(text).as_deref(), Some("All of them"));
    assert_eq!(parse(text), []);
}

#[test]
fn what_is_written_can_be_read_again() {
    let one = Media {
        title: Some("#1, \"the\" best; [x]".to_owned()),
        duration: Some(Millis(12_900)),
        ..Media::bare(ONE, Player::Video)
    };
    let two = Media::bare(TWO, Player::Video);
    let entries = named(&[(ONE, Some("#1, \"the\" best; [x]")), (TWO, None)]);
    let list = export([&one, &two]);
    assert_eq!(list, format!("#EXTM3U\n#EXTINF:12,#1, \"the\" best; [x]\n{ONE}\n#EXTINF:-1,\n{TWO}\n"));
    assert_eq!(parse(&list), entries);
    assert_eq!(parse(&export_json([&one, &two])), entries);
    assert_eq!(parse(&export([])), []);
}
