//! A load generator that costs little beside what it measures:
//! `bench-load <address> <host> <path> <requests> <connections> [first number]`. `#` in the host becomes the request's
//! number, so that every request can go to another site. Prints one line of JSON.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let [_, address, host, path, requests, connections, rest @ ..] = args.as_slice() else {
        return Err("bench-load <address> <host> <path> <requests> <connections> [first number]".into());
    };
    let (requests, connections): (u64, u64) = (requests.parse()?, connections.parse()?);
    let first: u64 = rest.first().map_or(Ok(0), |n| n.parse())?;
    let (number, all) = (AtomicU64::new(0), Mutex::new((vec![], 0, None)));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut took = vec![];
                let outcome = work(address, host, path, requests, first, &number, &mut took);
                let mut all = all.lock().unwrap_or_else(|e| e.into_inner());
                all.0.extend(took);
                match outcome {
                    Ok(bytes) => all.1 += bytes,
                    Err(e) => all.2 = Some(e.to_string()),
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    let (mut took, bytes, failure) = all.into_inner().unwrap_or_else(|e| e.into_inner());
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    took.sort_unstable();
    let at = |part: f64| took.get((took.len() as f64 * part) as usize).or(took.last()).copied().unwrap_or(0);
    println!(
        "{{\"requests\":{},\"seconds\":{seconds},\"p50\":{},\"p99\":{},\"bytes\":{}}}",
        took.len(),
        at(0.5),
        at(0.99),
        bytes / requests.max(1)
    );
    Ok(())
}

fn work(
    address: &str,
    host: &str,
    path: &str,
    requests: u64,
    first: u64,
    number: &AtomicU64,
    took: &mut Vec<u64>,
) -> Result<u64, Failure> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let (mut buffer, mut bytes) = (vec![0; 256 * 1024], 0);
    loop {
        let n = number.fetch_add(1, Ordering::Relaxed);
        if n >= requests {
            return Ok(bytes);
        }
        let host = host.replace('#', &format!("{:08}", first + n));
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n");
        let sent = Instant::now();
        stream.write_all(request.as_bytes())?;
        bytes += answer(&mut stream, &mut buffer)?;
        took.push(sent.elapsed().as_nanos() as u64 / 1_000);
    }
}

/// Reads one answer to its end and says how long its body was.
fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<u64, Failure> {
    let mut filled = 0;
    let head = loop {
        filled += more(stream, &mut buffer[filled..])?;
        if let Some(at) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let headers = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    if !headers.starts_with("http/1.1 200") {
        return Err(headers.into());
    }
    let value = |name: &str| headers.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
    if let Some(length) = value("content-length:") {
        let length: usize = length.parse()?;
        let mut left = (head + length).saturating_sub(filled);
        while left > 0 {
            left = left.saturating_sub(more(stream, buffer)?);
        }
        return Ok(length as u64);
    }
    if value("transfer-encoding:") != Some("chunked") {
        return Err("an answer without a length".into());
    }
    // The last chunk ends the answer; nothing follows it, because the next request was not sent yet.
    let mut total = filled - head;
    let mut tail = buffer[head.max(filled.saturating_sub(7))..filled].to_vec();
    while !tail.ends_with(b"\r\n0\r\n\r\n") {
        let read = more(stream, buffer)?;
        total += read;
        tail.extend_from_slice(&buffer[read.saturating_sub(7)..read]);
        let surplus = tail.len().saturating_sub(7);
        tail.drain(..surplus);
    }
    Ok(total as u64)
}

fn more(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<usize, Failure> {
    match stream.read(buffer)? {
        0 => Err("the connection was closed".into()),
        read => Ok(read),
    }
}
