//! What Discord is told of the commands.

use bots::{Locale, words};
use serde_json::json;

use super::*;

#[tokio::test]
async fn discord_offers_the_commands_of_the_one_list() {
    let world = World::new().await;
    let all = world.discord.commands();
    let offered: Vec<_> = all.iter().filter(|command| command["type"] == 1).collect();
    let names: Vec<_> = offered.iter().map(|command| command["name"].as_str().unwrap()).collect();
    let listed: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
    assert_eq!(names, listed);
    for (command, listed) in offered.iter().zip(COMMANDS) {
        assert_eq!(command["name"], listed.name);
        assert_eq!(command["integration_types"], json!([0, 1]), "installed in guilds, and by people");
        assert_eq!(command["contexts"], json!([0, 1, 2]), "used there, in letters and wherever people write");
        assert!(command["default_member_permissions"].is_null(), "hidden from nobody");
        let below = command["options"].as_array().into_iter().flatten().filter(|option| option["type"] == 1);
        let below: Vec<_> = below.map(|option| option["name"].as_str().unwrap()).collect();
        let listed: Vec<_> = listed.subcommands.iter().map(|command| command.name).collect();
        assert_eq!(below, listed);
    }
    // Guilds, their messages and voices, letters; of the privileged ones (members, presences, content) only the content.
    let intents = world.discord.identity()["intents"].as_u64().unwrap();
    assert_eq!(intents, 1 | (1 << 9) | (1 << 7) | (1 << 12) | (1 << 15));
}

#[tokio::test]
async fn commands_are_registered_only_where_they_changed() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let world = world.restart().await;
    // Commands are looked at when the bot comes; this one comes after that.
    world.discord.called("GET", "/commands", 2).await;
    world.asks(ANA, "/now").await;
    assert_eq!(world.discord.registrations(), 1, "a restart changes nothing");
}

#[tokio::test]
async fn names_and_words_of_commands_are_in_the_languages_of_people() {
    let world = World::new().await;
    let commands = world.discord.commands();
    let watch = commands.iter().find(|command| command["name"] == "watch").unwrap();
    let help: Vec<_> = Locale::ALL.into_iter().filter(|locale| *locale != Locale::English).collect();
    for locale in help {
        let Some(text) = words::find(locale, "cmd-watch", &[]) else { continue };
        for tag in locale.on_discord() {
            assert_eq!(watch["description_localizations"][tag], text, "{tag}");
        }
    }
    let menus: Vec<_> = commands.iter().filter(|command| command["type"] != 1).collect();
    let names: Vec<_> = menus.iter().map(|command| command["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Queue this video", "Invite to party"]);
}

#[tokio::test]
async fn an_activity_is_launched_by_a_command_of_its_own() {
    let discord = FakeDiscord::start().await;
    discord.has_activity();
    let settings = DiscordSettings { activity: true, ..settings(&discord, TOKEN) };
    let (_core, _stop, _bot) = start_with(&MemoryStore::new(), settings);
    discord.identified().await;
    let commands = discord.commands();
    let entry = commands.iter().find(|command| command["type"] == 4).unwrap();
    assert_eq!((&entry["name"], &entry["handler"]), (&json!("launch"), &json!(1)));
    let asked = discord.launches(FILM_CLUB, ANA).await;
    assert_eq!(discord.answer_to(asked).await.first, 12);
}

#[tokio::test]
async fn an_entry_point_that_is_there_already_stays_where_we_have_none() {
    let discord = FakeDiscord::start().await;
    discord.has_entry_point();
    let (_core, _stop, _bot) = start(&discord, &MemoryStore::new());
    discord.registered(1).await;
    assert!(discord.commands().iter().any(|command| command["type"] == 4), "else Discord refuses the whole list");
    assert!(discord.commands().iter().any(|command| command["name"] == "watch"));
}
