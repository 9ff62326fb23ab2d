//! Lists of links, and texts that are none.

use super::*;

/// Lists of links, in every shape.
pub(super) async fn list(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let here = format!("http://{}", headers[header::HOST].to_str().unwrap());
    let (kind, text) = match name.as_str() {
        "films.m3u" => (
            "audio/x-mpegurl",
            "#EXTM3U\n#PLAYLIST:Films\n#EXTINF:12,The first\n../files/film.mp4\n#EXTINF:10,\nHERE/files/film.webm\n".to_owned(),
        ),
        "films.txt" => ("text/plain; charset=utf-8", "# films\nHERE/files/film.mp4\n\nhttps://youtu.be/eRsGyueVLvQ\n".to_owned()),
        "films.json" => (
            "application/json",
            r#"[{"url":"HERE/files/film.mp4","title":"The first"},"https://vimeo.com/22439234"]"#.to_owned(),
        ),
        "films.csv" => ("text/csv", "title,url\n\"One, two\",HERE/files/film.mp4\n".to_owned()),
        "films.xspf" => (
            "application/xspf+xml",
            "<?xml version=\"1.0\"?><playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><title>Songs</title><trackList>\
             <track><location>../files/song.mp3</location><title>A song</title></track><track/></trackList></playlist>"
                .to_owned(),
        ),
        "stations" => ("audio/x-mpegurl", "#EXTM3U\n#EXTINF:-1,A station\nHERE/radio\nHERE/page\nHERE/nowhere\n".to_owned()),
        "inside.txt" => (
            "text/plain",
            "http://127.0.0.1:1/a.mp4\nhttp://192.168.1.4/a.mp4\nhttp://localhost/a\nhttps://www.netflix.com/watch/1\n".to_owned(),
        ),
        "crowd.txt" => ("text/plain", (0..100).map(|n| format!("HERE/untyped/film?{n}")).collect::<Vec<_>>().join("\n")),
        "prose.txt" => ("text/plain", "Nothing here is a link.\n".to_owned()),
        "manifest.json" => ("application/json", r#"{"title":"A film","sources":[]}"#.to_owned()),
        "endless.txt" => {
            let line = Bytes::from(format!("{here}/files/film.mp4\n"));
            let body = Body::from_stream(futures_util::stream::repeat(Ok::<_, Infallible>(line)));
            return ([(header::CONTENT_TYPE, "text/plain")], body).into_response();
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind)], text.replace("HERE", &here)).into_response()
}
