//! Files that are longer than they say, and bytes that nobody wrote. Bad ones with their answers stand in `bad_input`.

use crate::testing::World;
use crate::tests::files::*;
use crate::tests::isolation::make_site;

#[test]
fn what_comes_beyond_the_length_that_was_said_is_no_part_of_the_file() {
    let world = World::new();
    let mira = world.sign_up("mira@example.org");
    let site = make_site(&mira, "bakery");
    let photo = png(4, 4);
    let path = format!("/api/v1/sites/{site}/assets?name=a.png");
    let pieces = vec![Ok(photo.clone()), Ok(b"more".to_vec())];
    let stored = world.send(&mira.request("POST", &path).pieces(photo.len(), pieces)).must(201).value();
    assert_eq!(stored["bytes"].as_u64(), Some(photo.len() as u64));
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
