//! A mail server of a story: takes every mail, keeps it, and can be waited for.

use std::time::Duration;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// One mail, as it came.
#[derive(Debug)]
pub struct Mail {
    /// Whom it was for, as the envelope says.
    pub to: String,
    /// Headers and text, lines joined again.
    pub text: String,
}

/// A running mail server.
pub struct FakeMail {
    address: std::net::SocketAddr,
    mails: mpsc::UnboundedReceiver<Mail>,
}

impl FakeMail {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, mails) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sender = sender.clone();
                tokio::spawn(async move { talk(stream, &sender).await });
            }
        });
        Self { address, mails }
    }

    /// What stands in `mail.smtp_url`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The next mail.
    pub async fn next(&mut self) -> Mail {
        tokio::time::timeout(Duration::from_secs(10), self.mails.recv()).await.expect("no mail came").unwrap()
    }

    /// Whether no mail lies here.
    pub fn is_empty(&mut self) -> bool {
        self.mails.is_empty()
    }
}

/// RFC 5321, as far as one client needs it.
async fn talk(stream: TcpStream, mails: &mpsc::UnboundedSender<Mail>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 fake\r\n").await.ok()?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or("") {
            "EHLO" => b"250-fake\r\n250 8BITMIME\r\n",
            "RCPT" => {
                line.trim_start_matches("RCPT TO:").clone_into(&mut to);
                b"250 ok\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                // Long lines come folded with soft breaks.
                let text = text.replace("=\n", "").replace("=3D", "=");
                let _ = mails.send(Mail { to: to.clone(), text });
                b"250 ok\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return None;
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await.ok()?;
    }
    None
}
