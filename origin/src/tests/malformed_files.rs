//! Files that are not what they should be: each has its stated answer, and nothing is changed by it.

use crate::assets::body::PART;
use crate::assets::upload::MAX_FILE;
use crate::stores::Fault;
use crate::testing::{Browser, World};
use crate::tests::files::*;
use crate::tests::isolation::make_site;

fn with(start: &[u8], more: &[u8]) -> Vec<u8> {
    [start, more].concat()
}

fn cut(bytes: &[u8], end: usize) -> Vec<u8> {
    bytes[..bytes.len() - end].to_vec()
}

fn svg(inside: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>{inside}</svg>").into_bytes()
}

/// Name, bytes, and what the answer says of `file`.
fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
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
    let damaged = "cut off, or has something else behind it";
    let sized = "its size in pixels cannot be read";
    vec![
        // Archives, office documents, programs, scripts.
        ("a.png", zip("photo.png"), "a ZIP archive or an office document"),
        ("a.docx", zip("[Content_Types].xml"), "a document as PDF"),
        ("a.zip", ZIP_END.to_vec(), "an empty ZIP archive"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0".to_vec(), "a gzip archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), "a 7z archive"),
        ("a.rar", b"Rar!\x1a\x07\x01\0".to_vec(), "a RAR archive"),
        ("a.bz2", b"BZh91AY&SY".to_vec(), "a bzip2 archive"),
        ("a.xz", b"\xfd7zXZ\0\0\x04".to_vec(), "an xz archive"),
        ("a.zst", b"\x28\xb5\x2f\xfd\x04".to_vec(), "a zstd archive"),
        ("a.tar", tar, "a tar archive"),
        ("a.exe", b"MZ\x90\0\x03".to_vec(), "programs are not taken"),
        ("a.jpg", b"\x7fELF\x02\x01".to_vec(), "programs are not taken"),
        ("a.class", b"\xca\xfe\xba\xbe\0\0".to_vec(), "programs are not taken"),
        ("a", b"\xcf\xfa\xed\xfe\x07".to_vec(), "programs are not taken"),
        ("a.wasm", b"\0asm\x01\0\0\0".to_vec(), "programs are not taken"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1".to_vec(), "send it as PDF"),
        ("a.rtf", b"{\\rtf1\\ansi}".to_vec(), "a rich text document"),
        ("a.sh", b"#!/bin/sh\nrm -r /\n".to_vec(), "scripts are not taken"),
        ("a.txt", b"  \n#!/usr/bin/perl\n".to_vec(), "scripts are not taken"),
        ("a.php", b"<?php phpinfo();".to_vec(), "scripts are not taken"),
        ("a.txt", b"<?= `id` ?>".to_vec(), "scripts are not taken"),
        ("a.txt", b"<% eval %>".to_vec(), "scripts are not taken"),
        // HTML and XML, also under other names.
        ("a.html", b"<!doctype html><title>x</title>".to_vec(), "HTML or XML"),
        ("a.txt", b"\xef\xbb\xbf <script>alert(1)</script>".to_vec(), "HTML or XML"),
        ("a.css", b"<style>a{}</style>".to_vec(), "HTML or XML"),
        ("a.svg", b"<!-- <svg> --><html><svg/></html>".to_vec(), "HTML or XML"),
        ("a.svg", b"<?xml version='1.0'?><rss/>".to_vec(), "HTML or XML"),
        ("a.md", b"<iframe src=x>".to_vec(), "HTML or XML"),
        // Other formats of pictures, sound, video and fonts.
        ("a.jpg", b"BM\x36\0\0\0\0\0\0\0".to_vec(), "not known here"),
        ("a.tif", b"II*\0\x08\0\0\0".to_vec(), "a TIFF picture"),
        ("a.tif", b"MM\0*\0\0\0\x08".to_vec(), "a TIFF picture"),
        ("a.psd", b"8BPS\0\x01".to_vec(), "a Photoshop picture"),
        ("favicon.ico", b"\0\0\x01\0\x01\0\x10\x10".to_vec(), "an ICO picture"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "a HEIC picture"),
        ("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ".to_vec(), "a QuickTime video"),
        ("a.m4a", b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".to_vec(), "a sound"),
        ("a.3gp", b"\0\0\0\x14ftyp3gp5\0\0\0\x003gp5".to_vec(), "a media file of a kind that is not known"),
        ("a.mp4", b"\xff\xff\xff\xffftyp".to_vec(), "a media file of a kind that is not known"),
        ("a.mkv", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska".to_vec(), "a Matroska video"),
        ("a.webm", b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm".to_vec(), "a WebM video without its content"),
        ("a.webm", b"\x1a\x45\xdf\xa3".to_vec(), "a damaged WebM video"),
        ("a.mp3", b"ID3\x04\0\0".to_vec(), "a sound"),
        ("a.ogg", b"OggS\0\x02".to_vec(), "an Ogg file"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), "not known here"),
        ("a.woff", b"wOFF\0\x01\0\0".to_vec(), "a WOFF font"),
        ("a.otf", b"OTTO\0\x0b".to_vec(), "an OpenType font"),
        ("a.ttf", b"\0\x01\0\0\0\x0b".to_vec(), "a TrueType font"),
        ("a.ttc", b"ttcf\0\x01".to_vec(), "a font collection"),
        // Text that is none.
        ("a.txt", b"\xff\xfea\0b\0".to_vec(), "UTF-16"),
        ("a.txt", b"caf\xe9".to_vec(), "not UTF-8"),
        ("a.txt", b"a\0b".to_vec(), "not known here"),
        ("a.txt", vec![0; 40], "not known here"),
        // Damaged, cut off, or two files in one.
        ("a.png", b"\x89PNG\r\n\x1a\n".to_vec(), sized),
        ("a.png", cut(&png(4, 4), 1), damaged),
        ("a.png", cut(&png(4, 4), 12), damaged),
        ("a.png", with(&png(4, 4), b"<script>alert(1)</script>"), damaged),
        ("a.png", with(&png(4, 4), ZIP_END), "with an archive behind it"),
        ("a.png", moved(png(4, 4), 33, &[0x80]), damaged),
        ("a.png", moved(png(4, 4), 37, b"tEXt"), damaged),
        ("a.jpg", b"\xff\xd8\xff\xe0".to_vec(), sized),
        ("a.jpg", cut(&jpeg(4, 4, 1), 2), damaged),
        ("a.jpg", with(&jpeg(4, 4, 1), ZIP_END), "with an archive behind it"),
        ("a.jpg", with(&jpeg(4, 4, 1), &with(ZIP_END, b"a comment")), "with an archive behind it"),
        ("a.jpg", with(b"\xff\xd8\xff\xfe\0\x0a%PDF-1.7", &jpeg(4, 4, 1)[2..]), "a PDF document as well"),
        ("a.webp", b"RIFF\0\0\0\0WEBP".to_vec(), sized),
        ("a.webp", with(&webp(4, 4), b"more"), damaged),
        ("a.webp", moved(webp(4, 4), 30, b"JUNK"), damaged),
        ("a.gif", b"GIF89a".to_vec(), sized),
        ("a.gif", gif_open, damaged),
        ("a.gif", with(&gif(4, 4), b"=1;alert(1)//;"), damaged),
        ("a.gif", b"GIF89a/*\n\n=1*/=1;alert(1);".to_vec(), "scale it down"),
        ("a.gif", b"GIF89a\t\t\n\n\0\0\0=1;alert(1);".to_vec(), damaged),
        ("a.avif", cut(&avif(4, 4), 3), damaged),
        ("a.avif", with(&avif(4, 4), b"\0\0\0\x04bad!"), sized),
        ("a.mp4", cut(&mp4(), 1), damaged),
        ("a.mp4", with(&mp4(), b"<html>"), damaged),
        ("a.mp4", moved(mp4(), 28, b"free"), damaged),
        ("a.mp4", with(&mp4(), ZIP_END), "with an archive behind it"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj".to_vec(), damaged),
        ("a.pdf", b"%PDF-9.9\n%%EOF".to_vec(), damaged),
        ("a.pdf", with(&pdf(), ZIP_END), "with an archive behind it"),
        ("a.txt", b"Read this: %PDF-1.4 %%EOF".to_vec(), "a PDF document as well"),
        ("a.woff2", cut(&woff2(), 1), damaged),
        ("a.woff2", with(&woff2(), b"<html>"), damaged),
        // More than a browser can show.
        ("a.png", png(8193, 1), "at most 8192 pixels a side, found 8193 by 1"),
        ("a.png", png(60_000, 60_000), "scale it down"),
        ("a.png", png(0, 4), "0 pixels wide or high"),
        ("a.gif", gif(65_535, 65_535), "scale it down"),
        ("a.webp", webp(16_384, 16_384), "scale it down"),
        ("a.avif", avif(1 << 30, 4), "scale it down"),
        ("a.jpg", jpeg(9000, 9000, 1), "scale it down"),
        // Vector pictures.
        ("a.svg", b"<svg".to_vec(), "not well-formed"),
        ("a.svg", svg("<g>"), "not well-formed"),
        ("a.svg", svg("&lol;"), "not well-formed"),
        ("a.svg", with(&svg(""), b"<script/>"), "not well-formed"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "does not say its size"),
        ("a.svg", b"<svg xmlns='http://evil.example/' viewBox='0 0 1 1'/>".to_vec(), "its first element is another"),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'aa'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>&a;</svg>".to_vec(), "definitions of its own"),
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>".to_vec(), "definitions of its own"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='99999' height='9'/>".to_vec(), "scale it down"),
        ("a.svg", svg("<g id='a'><use href='#a'/></g>"), "or themselves"),
        ("a.svg", svg(&"<g/>".repeat(60_000)), "at most 50000 parts"),
        ("a.svg", svg(&" ".repeat(1 << 20)), "at most 1048576 bytes"),
        // Long ones: refused by their head or, when all of it has come, by their end.
        ("a.txt", vec![b'a'; PART + 1], "a text file has at most 5242880 bytes"),
        ("a.gif", with(&gif(4, 4), &vec![0; PART]), "a GIF picture has at most"),
        ("a.png", cut(&long_png(PART + 9), 1), damaged),
        ("a.png", with(&long_png(PART * 2), b"<html>"), damaged),
        ("a.jpg", with(&with(&jpeg(4, 4, 1), &vec![7; PART]), ZIP_END), "with an archive behind it"),
        ("a.mp4", with(&mp4(), &vec![0xff; PART]), damaged),
    ]
}

/// Everything that an upload could change.
fn state(world: &World) -> String {
    let tables = ["assets", "asset_objects", "asset_folders", "loose_objects", "audit", "idempotency_keys"];
    let rows = tables.map(|table| world.ask(&format!("SELECT * FROM {table}")));
    format!("{rows:?} {:?} {:?}", world.stored(), world.objects.borrow().parts)
}

fn upload(mira: &Browser, site: &str, name: &str) -> crate::http::Request {
    let path = format!("/api/v1/sites/{site}/assets?folder=team&name={name}");
    mira.request("POST", &path).with("idempotency-key", "k")
}

#[test]
fn each_bad_file_has_its_answer_and_changes_nothing() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let before = state(&world);
    let bad = bad_files();
    assert!(bad.len() >= 60, "{}", bad.len());
    for (name, bytes, says) in bad {
        let reply = world.send(&upload(&mira, &site, name).file(&bytes)).must(422).value();
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert_eq!(reply["problems"][0]["path"], "file", "{name} {start}: {reply}");
        let message = reply["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains(says), "{name} {start}: {message}");
        assert_eq!(state(&world), before, "{name} {start}");
    }
}

#[test]
fn what_a_request_says_of_its_file_is_compared_with_what_comes() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let before = state(&world);
    let photo = png(4, 4);
    let sent = |length: &str, pieces: Vec<Result<Vec<u8>, Fault>>| {
        let request = upload(&mira, &site, "a.png").pieces(0, pieces).with("content-length", length);
        world.send(&request)
    };
    let broken = || Err(Fault::Unavailable("connection reset".to_owned()));
    let long = long_png(PART * 2 + 77);
    for (length, pieces, status) in [
        ("", vec![Ok(photo.clone())], 400),
        ("-1", vec![Ok(photo.clone())], 400),
        ("many", vec![Ok(photo.clone())], 400),
        ("0", vec![], 422),
        (&(MAX_FILE + 1).to_string(), vec![Ok(photo.clone())], 413),
        ("9000", vec![Ok(photo.clone())], 400),
        ("99", vec![], 400),
        ("99", vec![broken()], 400),
        (&long.len().to_string(), vec![Ok(long[..100].to_vec()), broken()], 400),
        (&long.len().to_string(), vec![Ok(long[..PART + 5].to_vec()), broken()], 400),
        (&long.len().to_string(), vec![Ok(long[..PART * 2 + 5].to_vec())], 400),
    ] {
        let reply = sent(length, pieces).must(status);
        assert!(reply.value()["detail"].as_str().is_some_and(|d| !d.is_empty()), "{length}");
        assert_eq!(state(&world), before, "{length}");
    }
    // What comes beyond the length that was said is no part of the file.
    sent(&photo.len().to_string(), vec![Ok(photo), Ok(b"more".to_vec())]).must(201);
}

#[test]
fn names_folders_and_texts_that_do_not_fit_are_named() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let before = state(&world);
    for (query, at) in [
        ("", "name"),
        ("name=", "name"),
        ("name=.png", "name"),
        ("name=a.jpg", "name"),
        ("name=a.html", "name"),
        ("name=a%2Fb.png", "name"),
        ("name=%00.png", "name"),
        ("name=..%2F..%2Fa.png", "name"),
        ("name=a.png&folder=..", "folder"),
        ("name=a.png&folder=/a", "folder"),
        ("name=a.png&folder=a//b", "folder"),
        ("name=a.png&folder=a%00", "folder"),
        ("name=a.png&alt=x", "alt"),
        ("name=a.png&alt=[1]", "alt"),
        ("name=a.png&alt={%22de%22:%22x%22}", "alt.de"),
        ("name=a.png&alt={%22en%22:%22a%5Cnb%22}", "alt.en"),
    ] {
        let path = format!("/api/v1/sites/{site}/assets?{query}");
        let reply = world.send(&mira.request("POST", &path).file(&png(4, 4))).must(422).value();
        assert_eq!(reply["problems"][0]["path"], at, "{query}: {reply}");
        assert_eq!(state(&world), before, "{query}");
    }
}

#[test]
fn no_bytes_make_the_checks_panic() {
    let files = [
        png(4, 4),
        jpeg(4, 4, 6),
        webp(4, 4),
        gif(4, 4),
        mp4(),
        avif(4, 4),
        webm(),
        pdf(),
        woff2(),
        SVG.into(),
    ];
    let mut seed = 1u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for round in 0..20_000 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..random() % 6 {
            let at = random() % bytes.len();
            bytes[at] = [0, 1, 0x7f, 0x80, 0xff, random() as u8][random() % 6];
        }
        bytes.truncate(1 + random() % (bytes.len() * 2));
        if let Ok(format) = crate::assets::look::format(&bytes) {
            let _may_be_bad = crate::assets::image::size(format, &bytes);
            let _may_be_bad = crate::assets::look::end(format, &bytes, &bytes, bytes.len() as u64);
            let mut walk = crate::assets::walk::Walk::of(format);
            if let Some(walk) = &mut walk {
                bytes.chunks(1 + random() % 9).for_each(|piece| walk.pass(piece));
            }
            let _may_be_bad = crate::assets::svg::clean(&bytes);
        }
    }
}
