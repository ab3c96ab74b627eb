//! `manysite login`: signs in once, and keeps a token for this machine.

use crate::account::{self, Account};
use crate::api::{self, Api, Sent};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Outcome, done, field};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};

/// What the commands need, and no more.
const SCOPES: [&str; 9] = [
    "tenant.read",
    "sites.create",
    "site.read",
    "site.manage",
    "assets.write",
    "pages.write",
    "types.write",
    "entities.write",
    "publish",
];

/// Days for which the token is good.
const DAYS: u64 = 90;

#[derive(clap::Args)]
pub struct Args {
    /// The account's e-mail address
    #[arg(long)]
    email: Option<String>,
    /// A token that was made before, in place of e-mail and password; `-` reads it from standard input
    #[arg(long, conflicts_with = "email")]
    token: Option<String>,
}

pub fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let url = match &context.url {
        Some(url) => url.clone(),
        None => ask("Address of the admin host: ")?,
    };
    let url = api::address(&url)?;
    let account = match args.token {
        Some(token) => with_token(context, &url, token)?,
        None => with_password(context, &url, args.email)?,
    };
    let file = account::write(&account)?;
    let value = json!({"url": account.url, "tenant": account.tenant, "file": file});
    Ok(Outcome::new(value, done(&format!("Signed in to {url}; the token is kept in {}", file.display()))))
}

fn with_token(context: &Context, url: &str, token: String) -> Result<Account, Failure> {
    let token = if token == "-" { line()? } else { token };
    let api = Api::new(url).with_token(&token);
    let (tenant, _) = Context { url: None, tenant: context.tenant.clone(), site: None }.tenant(&api)?;
    Ok(Account { url: url.to_owned(), tenant, token, token_id: None })
}

fn with_password(context: &Context, url: &str, email: Option<String>) -> Result<Account, Failure> {
    let email = match email {
        Some(email) => email,
        None => ask("E-mail: ")?,
    };
    let password = match std::io::stdin().is_terminal() {
        true => rpassword::prompt_password("Password: ").map_err(unreadable)?,
        false => line()?,
    };
    let api = Api::new(url);
    let sent = Sent::Json(json!({"email": email, "password": password}));
    let cookie = api
        .ask("POST", "/api/v1/sign-in", &sent, &[])?
        .cookie
        .ok_or_else(|| Failure::server("It opened no session: check the address."))?;
    let api = api.with_cookie(&cookie);
    let (tenant, _) = context.tenant(&api)?;
    let name = gethostname::gethostname().to_string_lossy().chars().take(100).collect::<String>();
    let body = json!({"name": format!("manysite on {name}"), "scopes": SCOPES, "days": DAYS});
    let made = api.post(&format!("/api/v1/tenants/{tenant}/tokens"), body)?;
    api.post("/api/v1/sign-out", json!({}))?;
    let token = made.get("token").and_then(Value::as_str).ok_or_else(|| {
        Failure::server("The answer with the token was lost, and it is shown once only: run login again.")
    })?;
    Ok(Account { url: url.to_owned(), tenant, token: token.to_owned(), token_id: Some(field(&made, "id")) })
}

fn unreadable(e: std::io::Error) -> Failure {
    Failure::usage(format!("Standard input cannot be read ({e})."))
}

fn ask(what: &str) -> Result<String, Failure> {
    let _ = write!(std::io::stderr(), "{what}").and_then(|()| std::io::stderr().flush());
    line()
}

fn line() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().read_line(&mut text).map_err(unreadable)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Failure::usage("Nothing was entered.")),
        text => Ok(text.to_owned()),
    }
}
