//! A server that gives prepared answers, and the command as people run it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

/// One answer, in the order of the requests.
pub enum Given {
    Answer(u16, &'static [&'static str], Value),
    /// The connection ends without an answer.
    Lost,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Asked {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn of(answers: Vec<Given>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(vec![]));
        let kept = asked.clone();
        std::thread::spawn(move || {
            for given in answers {
                let (stream, _) = listener.accept().unwrap();
                kept.lock().unwrap().push(read(&stream));
                if let Given::Answer(status, headers, body) = given {
                    answer(stream, status, headers, &body.to_string());
                }
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut text = String::new();
        reader.read_line(&mut text).unwrap();
        text.trim_end().to_owned()
    };
    let _ = line();
    let mut headers = vec![];
    loop {
        let text = line();
        let Some((name, value)) = text.split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let mut asked = Asked { headers, body: String::new() };
    let length = asked.header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    asked.body = String::from_utf8(body).unwrap();
    asked
}

fn answer(mut stream: TcpStream, status: u16, headers: &[&str], body: &str) {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
}

/// Runs the command with a token for the server, in a home of its own.
pub fn run(url: &str, args: &[&str]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    Ran::of(command(home.path(), args).env("MANYSITE_URL", url).env("MANYSITE_TOKEN", "manysite_secret"))
}

pub fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_manysite"));
    command.args(args).env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home);
    command
}

#[derive(Debug)]
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { exit: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}
