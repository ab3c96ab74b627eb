//! What stands on the command line.

use crate::commands::*;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "manysite",
    version,
    about = "Sites, pages, records, files and publishing, from a terminal."
)]
#[command(after_help = "Exit codes: 0 done, 1 the content has problems, 2 wrong usage or not there, \
    3 not signed in or not allowed, 4 the server failed, 5 changed meanwhile.")]
pub struct Given {
    /// Print one JSON value
    #[arg(long, global = true)]
    pub json: bool,
    /// Address of the admin host, in place of the one signed in to
    #[arg(long, global = true, env = "MANYSITE_URL")]
    pub url: Option<String>,
    /// The tenant, by id, where there are several
    #[arg(long, global = true, env = "MANYSITE_TENANT")]
    pub tenant: Option<String>,
    /// The site, by id, host or the host's first part; not needed where there is only one
    #[arg(long, global = true, env = "MANYSITE_SITE")]
    pub site: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Sign in, and keep a token for this machine
    Login(login::Args),
    /// End this machine's token and forget it
    Logout,
    /// List the sites
    Sites,
    /// Make a site from a starting point
    CreateSite(create_site::Args),
    /// Pages: list, show, save, archive, revisions, diff, restore
    #[command(subcommand)]
    Pages(pages::Action),
    /// Make drafts from starting points
    #[command(subcommand)]
    Generate(generate::Action),
    /// Records: import, export
    #[command(subcommand)]
    Entities(entities::Action),
    /// Files: push
    #[command(subcommand)]
    Assets(assets::Action),
    /// Make a link that shows drafts on the site's own host
    Preview(preview::Args),
    /// Publish what has changed
    Publish(publish::Args),
    /// Take pages away from visitors
    Unpublish(publish::Leaving),
    /// What is published or taken away at a time to come: list, move, cancel
    #[command(subcommand)]
    Schedules(schedules::Action),
    /// Show again what an old release did
    Rollback(rollback::Args),
    /// Write everything that is published into KV again
    Republish,
    /// Write a site into a folder
    Export(export::Args),
    /// Make or change a site as a folder has it, and publish it
    Import(import::Args),
    /// Say what is wrong with a site's folder; asks no server
    Check(check::Args),
    /// Draw a page of a site's folder; asks no server
    Render(render::Args),
    /// Print completions for a shell
    Completions(completions::Args),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Every command that does something, with its path.
    fn commands(path: &str, command: &clap::Command, found: &mut Vec<(String, Vec<String>)>) {
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            if below.has_subcommands() {
                commands(&path, below, found);
            } else {
                let options = below.get_arguments().filter_map(|a| Some(format!("--{}", a.get_long()?)));
                found.push((path, options.collect()));
            }
        }
    }

    #[test]
    fn the_documentation_names_every_command_and_option() {
        let text = include_str!("../../docs/cli.md");
        let mut found = vec![];
        commands("manysite", &Given::command(), &mut found);
        let headings: Vec<&str> =
            text.lines().filter_map(|l| l.strip_prefix("### `")?.strip_suffix('`')).collect();
        assert_eq!(headings.len(), found.len(), "{headings:?}");
        for (path, options) in found {
            let at = text.find(&format!("### `{path}`")).unwrap_or_else(|| panic!("{path} is missing"));
            let section = text[at + 4..].split("\n### ").next().unwrap_or_default();
            for option in options {
                assert!(section.contains(&format!("`{option}`")), "{option} of {path} is missing");
            }
        }
        for global in Given::command().get_arguments().filter_map(|a| a.get_long()) {
            assert!(text.contains(&format!("`--{global}`")), "--{global} is missing");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Given::command().debug_assert();
    }
}
