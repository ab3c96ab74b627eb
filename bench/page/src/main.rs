//! Draws one page many times, for counting instructions: `bench-page <records.json> <path> <times>`. With
//! `--print` in the place of a number it prints the page.

use std::hint::black_box;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, records, path, times] = args.as_slice() else {
        return Err("bench-page <records.json> <path> <times | --print>".into());
    };
    let records: Vec<(String, String)> = serde_json::from_str(&std::fs::read_to_string(records)?)?;
    let records = records.into_iter().collect();
    let draw = || bench_page::draw(black_box(&records), "bench.localhost", path);
    if times == "--print" {
        print!("{}", draw()?.into_html());
        return Ok(());
    }
    let mut bytes = 0;
    for _ in 0..times.parse::<u32>()? {
        let drawn = draw()?;
        bytes += black_box(drawn.head.len() + drawn.body.len());
    }
    println!("{bytes}");
    Ok(())
}
