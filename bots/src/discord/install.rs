//! What lets somebody add the bot to a server.

/// What the bot needs in a server; `docs/SELF-HOSTING.md` says what each is for.
pub const PERMISSIONS: &[(&str, u64)] = &[
    ("View Channels", 1 << 10),
    ("Send Messages", 1 << 11),
    ("Embed Links", 1 << 14),
    ("Attach Files", 1 << 15),
    ("Read Message History", 1 << 16),
    ("Create Public Threads", 1 << 35),
    ("Send Messages in Threads", 1 << 38),
    ("Create Events", 1 << 44),
];

/// The address that lets somebody add the bot to a server.
pub fn install_link(application: &str) -> String {
    let permissions: u64 = PERMISSIONS.iter().map(|(_, bit)| bit).sum();
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands\
         &permissions={permissions}"
    )
}
