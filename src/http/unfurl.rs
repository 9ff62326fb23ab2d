//! What a link looks like in chats: tags for the page's head, an oEmbed answer, and the address of a picture.
//!
//! Whoever unfolds a link keeps what it finds, some for half an hour, some for a day, so nothing here counts or says where a
//! film stands. Looking consumes nothing. Of a private room nobody is told a title, and it looks like no room at all.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    ids::RoomId,
    refusal::{Code, No, Refusal},
    room::{Role, RoomView, Visibility},
};
use serde::{Deserialize, Serialize};

use super::{error::ApiError, extract::ClientAddress, pages::escape};
use crate::{
    app::App,
    picture::{HEIGHT, WIDTH, Words},
};

/// The longest title, in bytes: Discord cuts longer ones.
const TITLE_LIMIT: usize = 67;
/// The longest description, in bytes.
const DESCRIPTION_LIMIT: usize = 300;
/// The stripe beside the card, in Discord: the accent, as six digits.
const STRIPE: &str = "#fa8440";
/// How long others may keep an oEmbed answer, in seconds.
const CACHED: u32 = 600;
/// The same of a picture.
const CACHE: &str = "public, max-age=600";

const TAGLINE: &str = "Watch together: one link, everybody on the same frame.";

/// What is told of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfurl {
    title: String,
    description: String,
    /// The path of the page, and what its picture's path begins with.
    path: String,
    /// Whose room it is.
    author: Option<String>,
    words: Words,
}

impl Unfurl {
    /// Of the page at a path, of which nothing may be told.
    pub(super) fn of_any_room(path: &str) -> Self {
        Self {
            title: "onecouch".to_owned(),
            description: TAGLINE.to_owned(),
            path: path.to_owned(),
            author: None,
            words: Words::of_any_room(),
        }
    }

    /// Of an invite link.
    fn of_invite(view: &RoomView, token: &str) -> Self {
        let path = format!("/j/{token}");
        match view.settings.visibility {
            Visibility::Private => Self::of_any_room(&path),
            Visibility::Public | Visibility::Unlisted | Visibility::Invite => {
                Self::told(view, path, "Join: ", "You are invited to watch")
            }
        }
    }

    /// Of the address of a room, which alone lets nobody into a room that is by invitation.
    fn of_room(view: &RoomView) -> Self {
        let path = format!("/r/{}", view.id);
        if view.settings.visibility.is_open() {
            Self::told(view, path, "", "Watch together")
        } else {
            Self::of_any_room(&path)
        }
    }

    fn told(view: &RoomView, path: String, before: &str, above: &str) -> Self {
        let title = &view.settings.title;
        // What is on in a room with a password is told inside. What has no title is called by its address, which is for an
        // open room to show and for no other.
        let told = view.settings.password.is_none();
        let on = view
            .current
            .as_deref()
            .filter(|item| told && (view.settings.visibility.is_open() || item.media.title.is_some()));
        let below = match on {
            Some(item) if view.queue.is_empty() => item.media.label().to_owned(),
            Some(item) => format!("{}, and more after it", item.media.label()),
            None => "One link, everybody on the same frame".to_owned(),
        };
        let description = match on {
            Some(item) => format!("On now: {}. Open the link to watch together.", clipped(item.media.label(), 220)),
            None => "Open the link to watch together.".to_owned(),
        };
        let host = view.members.values().find(|member| member.role == Role::Host);
        Self {
            title: clipped(&format!("{before}{title}"), TITLE_LIMIT),
            description: clipped(&description, DESCRIPTION_LIMIT),
            path,
            author: host.map(|host| host.name.to_string()),
            words: Words { above: above.to_owned(), title: title.to_string(), below },
        }
    }

    /// The markup for the page's head.
    pub(super) fn head(&self, public_url: &str) -> String {
        let (title, description) = (escape(&self.title), escape(&self.description));
        let url = escape(&format!("{public_url}{}", self.path));
        let picture = escape(&self.picture(public_url));
        // Of the landing page there is nothing more to tell.
        let more = if self.path.is_empty() {
            String::new()
        } else {
            let page = encoded(&format!("{public_url}{}", self.path));
            let told = escape(&format!("{public_url}/oembed?format=json&url={page}"));
            format!(r#"<link rel="alternate" type="application/json+oembed" href="{told}" title="{title}">"#)
        };
        let alt = escape(&format!("{}: {}", self.words.above, self.words.title));
        [
            format!("<title>{title}</title>"),
            format!(r#"<meta name="description" content="{description}">"#),
            r#"<meta name="robots" content="noindex">"#.to_owned(),
            format!(r#"<meta name="theme-color" content="{STRIPE}">"#),
            r#"<meta property="og:site_name" content="onecouch">"#.to_owned(),
            r#"<meta property="og:type" content="website">"#.to_owned(),
            format!(r#"<meta property="og:title" content="{title}">"#),
            format!(r#"<meta property="og:description" content="{description}">"#),
            format!(r#"<meta property="og:url" content="{url}">"#),
            format!(r#"<meta property="og:image" content="{picture}">"#),
            r#"<meta property="og:image:type" content="image/png">"#.to_owned(),
            format!(r#"<meta property="og:image:width" content="{WIDTH}">"#),
            format!(r#"<meta property="og:image:height" content="{HEIGHT}">"#),
            format!(r#"<meta property="og:image:alt" content="{alt}">"#),
            r#"<meta name="twitter:card" content="summary_large_image">"#.to_owned(),
            more,
        ]
        .join("\n")
    }

    /// The address of the picture: another where another picture is meant, for chats keep pictures by their addresses.
    fn picture(&self, public_url: &str) -> String {
        let path = if self.words == Words::of_any_room() { "" } else { self.path.as_str() };
        format!("{public_url}{path}/card.png?v={}", self.words.name())
    }

    fn oembed(self, public_url: &str) -> OEmbed {
        OEmbed {
            version: "1.0",
            kind: "link",
            thumbnail_url: self.picture(public_url),
            thumbnail_width: WIDTH,
            thumbnail_height: HEIGHT,
            title: self.title,
            author_name: self.author,
            provider_name: "onecouch",
            provider_url: public_url.to_owned(),
            cache_age: CACHED,
        }
    }
}

/// The page of an invite link: what may be told of it. A refusal where there is no such invite.
pub(super) async fn of_invite(app: &App, token: &str, from: &str) -> Result<Unfurl, No> {
    let view = app.engine.invited(token, from).await?;
    Ok(Unfurl::of_invite(&view, token))
}

/// The page of a room. What there is not looks like what may not be told.
pub(super) async fn of_room(app: &App, name: &str) -> Result<Unfurl, No> {
    let hidden = || Unfurl::of_any_room(&format!("/r/{}", encoded(name)));
    let Ok(room) = name.parse::<RoomId>() else { return Ok(hidden()) };
    // Written as the address of a room that is there, so that nothing tells the two apart.
    let hidden = || Unfurl::of_any_room(&format!("/r/{room}"));
    match app.engine.rooms.view(room).await {
        Ok(view) => Ok(Unfurl::of_room(&view)),
        Err(no) => no.decided().map(|_| hidden()),
    }
}

/// The picture of an invite link.
pub(super) async fn invite_picture(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<String>,
) -> Result<Response, ApiError> {
    let unfurl = match of_invite(&app, &token, &from).await {
        Ok(unfurl) => unfurl,
        // Whoever shows the link shows a picture, and the page says what is wrong. Who guesses is told to wait.
        Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchInvite => Unfurl::of_any_room(""),
        Err(no) => return Err(no.into()),
    };
    picture(&app, unfurl.words).await
}

/// The picture of a room's address.
pub(super) async fn room_picture(State(app): State<App>, Path(room): Path<String>) -> Result<Response, ApiError> {
    picture(&app, of_room(&app, &room).await?.words).await
}

/// The picture of any other page.
pub(super) async fn any_picture(State(app): State<App>) -> Result<Response, ApiError> {
    picture(&app, Words::of_any_room()).await
}

async fn picture(app: &App, words: Words) -> Result<Response, ApiError> {
    let picture: Bytes = app.painter.draw(words).await?;
    let mut response = picture.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    // Not for long: a room may change its title, or become private.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    Ok(response)
}

/// What somebody asks of a link.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    url: Option<String>,
    format: Option<String>,
}

/// An answer in the form of <https://oembed.com>.
#[derive(Debug, Serialize)]
struct OEmbed {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_name: Option<String>,
    provider_name: &'static str,
    provider_url: String,
    cache_age: u32,
    thumbnail_url: String,
    thumbnail_width: u32,
    thumbnail_height: u32,
}

/// What a link is, for programs that ask by <https://oembed.com>.
pub(super) async fn oembed(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    if asked.format.as_deref().is_some_and(|format| format != "json") {
        return Err(ApiError::Http {
            status: StatusCode::NOT_IMPLEMENTED,
            code: "no_such_format",
            message: "There is JSON only: ask with format=json, or without.".to_owned(),
        });
    }
    let Some(url) = asked.url else {
        return Err(Refusal::input("Which link? Ask with ?url=, percent-encoded.").into());
    };
    let path = url::Url::parse(&url)
        .ok()
        .filter(|url| url.origin().ascii_serialization() == *app.origin)
        .map(|url| url.path().to_owned());
    let mut parts = path.as_deref().unwrap_or("").trim_matches('/').split('/');
    let unfurl = match (parts.next(), parts.next(), parts.next()) {
        (Some("j"), Some(token), None) => of_invite(&app, token, &from).await?,
        (Some("r"), Some(room), None) => of_room(&app, room).await?,
        _ => {
            return Err(ApiError::Http {
                status: StatusCode::NOT_FOUND,
                code: "no_such_path",
                message: format!("That is no link to a room here. They begin with {}/j/ or /r/.", app.public_url),
            });
        }
    };
    Ok(Json(unfurl.oembed(&app.public_url)).into_response())
}

/// As much of a text as fits into so many bytes, with an ellipsis where it is not all of it.
fn clipped(text: &str, bytes: usize) -> String {
    const ELLIPSIS: &str = "…";
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes - ELLIPSIS.len());
    format!("{}{ELLIPSIS}", text.get(..end).unwrap_or("").trim_end())
}

/// A part of a path.
pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_letters() {
        assert_eq!(clipped("Friday film club", 67), "Friday film club");
        for text in ["x".repeat(100), "ж".repeat(100), "映".repeat(100), "🍿".repeat(100)] {
            let short = clipped(&text, 67);
            assert!((62..=67).contains(&short.len()) && short.ends_with('…'), "{short}");
        }
        assert_eq!(clipped("one two three", 7), "one…");
    }

    #[test]
    fn nothing_in_a_title_ends_its_tag() {
        let unfurl = Unfurl { title: "\"><script>alert(1)</script>".to_owned(), ..Unfurl::of_any_room("/j/x") };
        let head = unfurl.head("https://couch.example");
        assert!(!head.contains("<script>"), "{head}");
        assert!(head.contains("content=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""), "{head}");
    }
}
