//! One file for each command.

pub mod assets;
pub mod check;
pub mod completions;
pub mod create_site;
pub mod entities;
pub mod export;
pub mod generate;
pub mod import;
pub mod login;
pub mod logout;
pub mod pages;
pub mod preview;
pub mod publish;
pub mod render;
pub mod republish;
pub mod rollback;
pub mod schedules;
pub mod sites;

use crate::args::{Command, Given};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Outcome;

pub fn run(given: Given) -> Result<Outcome, Failure> {
    let context = Context { url: given.url, tenant: given.tenant, site: given.site };
    match given.command {
        Command::Login(args) => login::run(&context, args),
        Command::Logout => logout::run(&context),
        Command::Sites => sites::run(&context),
        Command::CreateSite(args) => create_site::run(&context, args),
        Command::Pages(action) => pages::run(&context, action),
        Command::Generate(action) => generate::run(&context, action),
        Command::Entities(action) => entities::run(&context, action),
        Command::Assets(action) => assets::run(&context, action),
        Command::Preview(args) => preview::run(&context, args),
        Command::Publish(args) => publish::run(&context, args),
        Command::Unpublish(args) => publish::unpublish(&context, args),
        Command::Schedules(action) => schedules::run(&context, action),
        Command::Rollback(args) => rollback::run(&context, args),
        Command::Republish => republish::run(&context),
        Command::Export(args) => export::run(&context, args),
        Command::Import(args) => import::run(&context, args),
        Command::Check(args) => check::run(args),
        Command::Render(args) => render::run(args),
        Command::Completions(args) => completions::run(args),
    }
}
