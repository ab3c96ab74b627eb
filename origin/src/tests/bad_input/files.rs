//! Bytes of files: archives, programs, polyglots, what is damaged, what is too large, pictures that say a wrong size.

use super::{Case, Scene, add};
use crate::assets::body::PART;
use crate::assets::upload::MAX_FILE;
use crate::http::Request;
use crate::stores::Fault;
use crate::tests::files::*;

fn with(start: &[u8], more: &[u8]) -> Vec<u8> {
    [start, more].concat()
}

fn cut(bytes: &[u8], end: usize) -> Vec<u8> {
    bytes[..bytes.len() - end].to_vec()
}

fn svg(inside: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>{inside}</svg>").into_bytes()
}

fn bad_files() -> Vec<(&'static str, Vec<u8>)> {
    let zip = |name: &str| with(b"PK\x03\x04", name.as_bytes());
    let tar = {
        let mut tar = vec![b'a'; 257];
        tar.extend_from_slice(b"ustar\0");
        tar
    };
    let mut gif_open = gif(4, 4);
    *gif_open.last_mut().unwrap() = 0x21;
    let moved = |mut bytes: Vec<u8>, at: usize, value: &[u8]| {
        bytes[at..at + value.len()].copy_from_slice(value);
        bytes
    };
    vec![
        // Archives, office documents, programs, scripts.
        ("a.png", zip("photo.png")),
        ("a.docx", zip("[Content_Types].xml")),
        ("a.zip", ZIP_END.to_vec()),
        ("a.gz", b"\x1f\x8b\x08\0\0\0".to_vec()),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
        ("a.rar", b"Rar!\x1a\x07\x01\0".to_vec()),
        ("a.bz2", b"BZh91AY&SY".to_vec()),
        ("a.xz", b"\xfd7zXZ\0\0\x04".to_vec()),
        ("a.zst", b"\x28\xb5\x2f\xfd\x04".to_vec()),
        ("a.tar", tar),
        ("a.exe", b"MZ\x90\0\x03".to_vec()),
        ("a.jpg", b"\x7fELF\x02\x01".to_vec()),
        ("a.class", b"\xca\xfe\xba\xbe\0\0".to_vec()),
        ("a", b"\xcf\xfa\xed\xfe\x07".to_vec()),
        ("a.wasm", b"\0asm\x01\0\0\0".to_vec()),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec()),
        ("a.rtf", b"{\\rtf1\\ansi}".to_vec()),
        ("a.sh", b"#!/bin/sh\nrm -r /\n".to_vec()),
        ("a.txt", b"  \n#!/usr/bin/perl\n".to_vec()),
        ("a.php", b"<?php phpinfo();".to_vec()),
        ("a.txt", b"<?= `id` ?>".to_vec()),
        ("a.txt", b"<% eval %>".to_vec()),
        // HTML and XML, also under other names.
        ("a.html", b"<!doctype html><title>x</title>".to_vec()),
        ("a.txt", b"\xef\xbb\xbf <script>alert(1)</script>".to_vec()),
        ("a.css", b"<style>a{}</style>".to_vec()),
        ("a.svg", b"<!-- <svg> --><html><svg/></html>".to_vec()),
        ("a.svg", b"<?xml version='1.0'?><rss/>".to_vec()),
        ("a.md", b"<iframe src=x>".to_vec()),
        // Other formats of pictures, sound, video and fonts.
        ("a.jpg", b"BM\x36\0\0\0\0\0\0\0".to_vec()),
        ("a.tif", b"II*\0\x08\0\0\0".to_vec()),
        ("a.tif", b"MM\0*\0\0\0\x08".to_vec()),
        ("a.psd", b"8BPS\0\x01".to_vec()),
        ("favicon.ico", b"\0\0\x01\0\x01\0\x10\x10".to_vec()),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ".to_vec()),
        ("a.m4a", b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".to_vec()),
        ("a.3gp", b"\0\0\0\x14ftyp3gp5\0\0\0\x003gp5".to_vec()),
        ("a.mp4", b"\xff\xff\xff\xffftyp".to_vec()),
        ("a.mkv", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska".to_vec()),
        ("a.webm", b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm".to_vec()),
        ("a.webm", b"\x1a\x45\xdf\xa3".to_vec()),
        ("a.mp3", b"ID3\x04\0\0".to_vec()),
        ("a.ogg", b"OggS\0\x02".to_vec()),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ".to_vec()),
        ("a.woff", b"wOFF\0\x01\0\0".to_vec()),
        ("a.otf", b"OTTO\0\x0b".to_vec()),
        ("a.ttf", b"\0\x01\0\0\0\x0b".to_vec()),
        ("a.ttc", b"ttcf\0\x01".to_vec()),
        // Text that is none.
        ("a.txt", b"\xff\xfea\0b\0".to_vec()),
        ("a.txt", b"caf\xe9".to_vec()),
        ("a.txt", b"a\0b".to_vec()),
        ("a.txt", vec![0; 40]),
        // Damaged, cut off, or two files in one.
        ("a.png", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("a.png", cut(&png(4, 4), 1)),
        ("a.png", cut(&png(4, 4), 12)),
        ("a.png", with(&png(4, 4), b"<script>alert(1)</script>")),
        ("a.png", with(&png(4, 4), ZIP_END)),
        ("a.png", moved(png(4, 4), 33, &[0x80])),
        ("a.png", moved(png(4, 4), 37, b"tEXt")),
        ("a.jpg", b"\xff\xd8\xff\xe0".to_vec()),
        ("a.jpg", cut(&jpeg(4, 4, 1), 2)),
        ("a.jpg", with(&jpeg(4, 4, 1), ZIP_END)),
        ("a.jpg", with(&jpeg(4, 4, 1), &with(ZIP_END, b"a comment"))),
        ("a.jpg", with(b"\xff\xd8\xff\xfe\0\x0a%PDF-1.7", &jpeg(4, 4, 1)[2..])),
        ("a.webp", b"RIFF\0\0\0\0WEBP".to_vec()),
        ("a.webp", with(&webp(4, 4), b"more")),
        ("a.webp", moved(webp(4, 4), 30, b"JUNK")),
        ("a.gif", b"GIF89a".to_vec()),
        ("a.gif", gif_open),
        ("a.gif", with(&gif(4, 4), b"=1;alert(1)//;")),
        ("a.gif", b"GIF89a/*\n\n=1*/=1;alert(1);".to_vec()),
        ("a.gif", b"GIF89a\t\t\n\n\0\0\0=1;alert(1);".to_vec()),
        ("a.avif", cut(&avif(4, 4), 3)),
        ("a.avif", with(&avif(4, 4), b"\0\0\0\x04bad!")),
        ("a.mp4", cut(&mp4(), 1)),
        ("a.mp4", with(&mp4(), b"<html>")),
        ("a.mp4", moved(mp4(), 28, b"free")),
        ("a.mp4", with(&mp4(), ZIP_END)),
        ("a.pdf", b"%PDF-1.7\n1 0 obj".to_vec()),
        ("a.pdf", b"%PDF-9.9\n%%EOF".to_vec()),
        ("a.pdf", with(&pdf(), ZIP_END)),
        ("a.txt", b"Read this: %PDF-1.4 %%EOF".to_vec()),
        ("a.woff2", cut(&woff2(), 1)),
        ("a.woff2", with(&woff2(), b"<html>")),
        // More than a browser can show.
        ("a.png", png(8193, 1)),
        ("a.png", png(60_000, 60_000)),
        ("a.png", png(0, 4)),
        ("a.gif", gif(65_535, 65_535)),
        ("a.webp", webp(16_384, 16_384)),
        ("a.avif", avif(1 << 30, 4)),
        ("a.jpg", jpeg(9000, 9000, 1)),
        // Vector pictures.
        ("a.svg", b"<svg".to_vec()),
        ("a.svg", svg("<g>")),
        ("a.svg", svg("&lol;")),
        ("a.svg", with(&svg(""), b"<script/>")),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        ("a.svg", b"<svg xmlns='http://evil.example/' viewBox='0 0 1 1'/>".to_vec()),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'aa'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>&a;</svg>".to_vec()),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>".to_vec()),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='99999' height='9'/>".to_vec()),
        ("a.svg", svg("<g id='a'><use href='#a'/></g>")),
        ("a.svg", svg(&"<g/>".repeat(60_000))),
        ("a.svg", svg(&" ".repeat(1 << 20))),
        // Long ones: refused by their head or, when all of it has come, by their end.
        ("a.txt", vec![b'a'; PART + 1]),
        ("a.gif", with(&gif(4, 4), &vec![0; PART])),
        ("a.png", cut(&long_png(PART + 9), 1)),
        ("a.png", with(&long_png(PART * 2), b"<html>")),
        ("a.jpg", with(&with(&jpeg(4, 4, 1), &vec![7; PART]), ZIP_END)),
        ("a.mp4", with(&mp4(), &vec![0xff; PART])),
    ]
}

pub fn cases(scene: &Scene, cases: &mut Vec<Case>) {
    let upload = |query: &str| scene.request("POST", &format!("~/assets?{query}"));
    for (n, (name, bytes)) in bad_files().into_iter().enumerate() {
        let start: String =
            String::from_utf8_lossy(&bytes[..bytes.len().min(24)]).escape_debug().take(32).collect();
        let what = format!("{}: {name}, {} bytes, {start}", n + 1, bytes.len());
        add(cases, "file", what, upload(&format!("folder=team&name={name}")).file(&bytes));
    }
    lengths(scene, cases);
    for query in [
        "",
        "name=",
        "name=.png",
        "name=a.jpg",
        "name=a.html",
        "name=a%2Fb.png",
        "name=%00.png",
        "name=..%2F..%2Fa.png",
        "name=con%0D%0Ax.png",
        "name=a.png&folder=..",
        "name=a.png&folder=/a",
        "name=a.png&folder=a//b",
        "name=a.png&folder=a%00",
        "name=a.png&alt=x",
        "name=a.png&alt=[1]",
        "name=a.png&alt={%22de%22:%22x%22}",
        "name=a.png&alt={%22en%22:%22a%5Cnb%22}",
    ] {
        add(cases, "file", format!("a good one as {query:?}"), upload(query).file(&png(4, 4)));
    }
    let long = format!("name={}.png", "a".repeat(121));
    add(cases, "file", "a name of 121 letters", upload(&long).file(&png(4, 4)));
}

/// What a request says of the length of its file.
fn lengths(scene: &Scene, cases: &mut Vec<Case>) {
    let photo = png(4, 4);
    let long = long_png(PART * 2 + 77);
    let broken = || Err(Fault::Unavailable("connection reset".to_owned()));
    let mut sent = |what: &str, length: &str, pieces: Vec<Result<Vec<u8>, Fault>>| {
        let request: Request =
            scene.request("POST", "~/assets?name=a.png").pieces(0, pieces).with("content-length", length);
        add(cases, "file", what, request);
    };
    sent("no length", "", vec![Ok(photo.clone())]);
    sent("a length of -1", "-1", vec![Ok(photo.clone())]);
    sent("a length that is none", "many", vec![Ok(photo.clone())]);
    sent("a length of 0", "0", vec![]);
    sent("a length beyond the limit", &(MAX_FILE + 1).to_string(), vec![Ok(photo.clone())]);
    sent("a length of 2^64", "18446744073709551616", vec![Ok(photo.clone())]);
    sent("shorter than was said", "9000", vec![Ok(photo.clone())]);
    sent("nothing comes", "99", vec![]);
    sent("cut off at once", "99", vec![broken()]);
    let length = long.len().to_string();
    sent("cut off in its first part", &length, vec![Ok(long[..100].to_vec()), broken()]);
    sent("cut off in its second part", &length, vec![Ok(long[..PART + 5].to_vec()), broken()]);
    sent("a long one, shorter than was said", &length, vec![Ok(long[..PART * 2 + 5].to_vec())]);
}
