//! The room's page as a Discord activity: one document with script and styles in it, which Discord shows in a frame.
//!
//! Discord's proxy puts a policy of its own in place of ours and lets inline scripts run; ours is for whoever loads the page
//! past it. The document is that of the other build of the viewer (`activity.html`).

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::{RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{assets, pages, policy::hashes};
use crate::{app::App, dialects::watch2gether};

/// Who may show it in a frame: Discord's clients, and the page's own address behind the proxy.
const ANCESTORS: &str = "https://discord.com https://*.discord.com https://discordapp.com https://*.discordapp.com \
    https://*.discordsays.com";

/// What the page may do, by what stands in it.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let policy = policy(&assets::embedded(assets::ACTIVITY)?);
    HeaderValue::from_str(&policy).ok()
});

/// The root: the landing page, or the activity where Discord opens it. It says so by naming its frame.
pub(super) async fn root(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    if let Some(there) = watch2gether::pages::of_root(&app, &query).await {
        return there;
    }
    let names = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let launched = names("frame_id") && names("instance_id");
    let activity = if launched { document(&app).await } else { None };
    match activity {
        Some(activity) => activity,
        None => pages::page(State(app)).await.into_response(),
    }
}

/// The activity; the page that says that there is nothing here, where there is none.
pub(super) async fn page(State(app): State<App>) -> Response {
    match document(&app).await {
        Some(activity) => activity,
        None => (StatusCode::NOT_FOUND, pages::page(State(app)).await).into_response(),
    }
}

/// The activity, where this server is one and it was built.
async fn document(app: &App) -> Option<Response> {
    let (activity, policy) = app.activity.as_ref().zip(POLICY.clone())?;
    let shell = assets::embedded(assets::ACTIVITY)?;
    // As text: it has more digits than a number of the script does.
    let application = match activity.application().await {
        Ok(id) => Some(id.to_string()),
        Err(no) => {
            // The page says so itself, and offers to try again.
            tracing::warn!(%no, "the application's id could not be asked of Discord: set discord.application_id");
            None
        }
    };
    let boot = json!({ "activity": { "application_id": application, "public_url": &*app.public_url } });
    let mut answer = Response::new(Body::from(assets::fill(&shell, "", Some(&boot))));
    let fields = answer.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(header::CONTENT_SECURITY_POLICY, policy);
    fields.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    Some(answer)
}

fn policy(page: &str) -> String {
    let (scripts, styles) = (hashes(page, "script"), hashes(page, "style"));
    format!(
        "default-src 'self'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' https: data:; \
         media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {ANCESTORS}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_what_stands_in_the_page() {
        let page = "<head><style>a{}</style><script type=\"application/json\">{}</script></head><script>1</script>";
        let policy = policy(page);
        // printf 1 | openssl dgst -sha256 -binary | base64
        assert!(
            policy.contains("script-src 'self' 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=';"),
            "{policy}"
        );
        assert_eq!(policy.matches("sha256-").count(), 2, "one script and one style: {policy}");
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors https://discord.com "));
    }
}
