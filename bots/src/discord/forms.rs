//! The form in which several links are added at once: opened by a button below the queue. Like all buttons it holds all
//! there is to know, so that it works after a restart.

use engine::refusal::Refusal;
use poise::serenity_prelude as serenity;
use serenity::{ActionRowComponent, CreateActionRow, CreateInputText, CreateModal, InputTextStyle};

use super::{
    Shared,
    asking::{Asking, report},
    watching,
};
use crate::{Ask, Locale, say, words};

/// The button and the form that it opens: what is ours alone begins with `m:`, which no action does.
pub(super) const ADD: &str = "m:add";
/// The field of the form.
const LINKS: &str = "links";
/// As long as Discord lets it be.
const LIMIT: u16 = 4_000;

/// The button that opens the form.
pub(super) fn button(locale: Locale) -> serenity::CreateButton {
    let label = say!(locale, "discord-add-several");
    serenity::CreateButton::new(ADD).label(label).style(serenity::ButtonStyle::Secondary)
}

/// The form.
pub(super) fn form(locale: Locale) -> CreateModal {
    let field = CreateInputText::new(InputTextStyle::Paragraph, say!(locale, "discord-links"), LINKS)
        .placeholder(say!(locale, "discord-links-hint"))
        .max_length(LIMIT);
    CreateModal::new(ADD, say!(locale, "discord-add-title")).components(vec![CreateActionRow::InputText(field)])
}

/// Somebody filled it in and sent it.
pub(super) async fn sent(ctx: &serenity::Context, shared: &Shared, form: &serenity::ModalInteraction) {
    let asking = Asking::new(ctx, shared, form, form.id, &form.token);
    if let Err(error) = watching::carry_out(&asking, read(form)).await {
        report(&error, "a form could not be answered");
    }
}

fn read(form: &serenity::ModalInteraction) -> Result<Ask, Refusal> {
    if form.data.custom_id != ADD {
        return Err(words::hint("hint-old-card"));
    }
    let fields = form.data.components.iter().flat_map(|row| &row.components);
    let mut texts = fields.filter_map(|field| match field {
        ActionRowComponent::InputText(field) if field.custom_id == LINKS => field.value.clone(),
        _ => None,
    });
    Ok(Ask::QueueAdd { links: texts.next().unwrap_or_default(), next: false })
}
