//! As much of YouTube's Data API as is asked: videos, searches, playlists in pages.

use super::*;

/// What a channel uploaded.
const UPLOADS: &str = "UUSMOQeBJ2RAnuFungnQOxLg";

/// What YouTube's API knows of a video: title, length, what is live, whether others may show it.
fn video(id: &str) -> Option<Value> {
    let (title, length, live, embeddable) = match id {
        "eRsGyueVLvQ" => ("Sintel & friends", "PT14M48S", "none", true),
        "aqz-KE-bpKQ" => ("Big Buck Bunny", "PT10M35S", "none", true),
        "liveliveliv" => ("A webcam", "P0D", "live", true),
        "onlyonitown" => ("Not elsewhere", "PT1M", "none", false),
        "longlonglon" => ("A long one", "P1DT2H", "none", true),
        numbered if numbered.starts_with("video") => ("One of many", "PT1M", "none", true),
        _ => return None,
    };
    Some(json!({
        "id": id,
        "snippet": { "title": title, "liveBroadcastContent": live },
        "contentDetails": { "duration": length },
        "status": { "embeddable": embeddable },
    }))
}

/// The playlists that there are. What is gone stays in them, as on YouTube.
fn playlist(list: &str) -> Option<Vec<String>> {
    match list {
        "PLsmall" => Some(
            ["eRsGyueVLvQ", "gonegonegon", "aqz-KE-bpKQ", "onlyonitown", "liveliveliv"].map(str::to_owned).to_vec(),
        ),
        UPLOADS => Some(vec!["eRsGyueVLvQ".to_owned()]),
        "PLbig" => Some((0..600).map(|n| format!("video{n:06}")).collect()),
        _ => None,
    }
}

pub(super) async fn answer_of(
    State(shared): State<Arc<Shared>>,
    Path(what): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if shared.told.lock().unwrap().contains_key("youtube-api") {
        return answer(&shared, "youtube-api").await;
    }
    if query.get("key").map(String::as_str) != Some(API_KEY) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let of = |name: &str| query.get(name).map_or("", String::as_str);
    let size: usize = of("maxResults").parse().unwrap_or(5);
    let answer = match what.as_str() {
        "videos" => {
            let ids: Vec<&str> = of("id").split(',').collect();
            assert!(ids.len() <= 50, "no more than that at once");
            json!({ "items": ids.into_iter().filter_map(video).collect::<Vec<_>>() })
        }
        "search" => {
            let hits = ["aqz-KE-bpKQ", "gonegonegon", "eRsGyueVLvQ"].map(|id| json!({ "id": { "videoId": id } }));
            json!({ "items": if of("q") == "nothing" { &hits[..0] } else { &hits[..] } })
        }
        "channels" => {
            let known = of("forHandle") == "blender" || of("forUsername") == "BlenderFoundation";
            let channel = json!({ "contentDetails": { "relatedPlaylists": { "uploads": UPLOADS } } });
            json!({ "items": if known { vec![channel] } else { Vec::new() } })
        }
        "playlists" => match playlist(of("id")) {
            Some(_) => json!({ "items": [{ "snippet": { "title": format!("The list {}", of("id")) } }] }),
            None => json!({ "items": [] }),
        },
        "playlistItems" => {
            let Some(all) = playlist(of("playlistId")) else { return StatusCode::NOT_FOUND.into_response() };
            let from: usize = of("pageToken").trim_start_matches("page-").parse().unwrap_or(0);
            let to = (from + size).min(all.len());
            let items: Vec<Value> =
                all[from..to].iter().map(|id| json!({ "contentDetails": { "videoId": id } })).collect();
            let mut page = json!({ "items": items });
            if to < all.len() {
                page["nextPageToken"] = format!("page-{to}").into();
            }
            page
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Json(answer).into_response()
}
