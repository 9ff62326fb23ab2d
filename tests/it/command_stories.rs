//! The one list of commands, as programs see it.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_program_reads_the_same_commands_that_people_type() {
    let world = World::start().await;
    let listed = world.nobody().get("/api/v1/commands").await.ok();
    let locale = bots::Locale::English;
    let known: Vec<Value> = bots::commands::typed()
        .iter()
        .map(|command| {
            json!({
                "name": command.path,
                "usage": command.usage(locale),
                "description": command.description(locale),
            })
        })
        .collect();
    assert!(known.len() > 30);
    assert_eq!(listed, Value::Array(known));
}
