//! Which server, tenant and site a command is about.

use crate::account;
use crate::api::{self, Api};
use crate::failure::Failure;
use crate::output::field;
use serde_json::Value;

pub struct Context {
    pub url: Option<String>,
    pub tenant: Option<String>,
    pub site: Option<String>,
}

/// A site that was found, and the API to ask about it.
pub struct Site {
    pub api: Api,
    pub id: String,
}

impl Site {
    /// The path of something of the site.
    pub fn path(&self, below: &str) -> String {
        format!("/api/v1/sites/{}{below}", self.id)
    }
}

impl Context {
    /// The server, signed in: with `MANYSITE_TOKEN`, or as `login` left it.
    pub fn api(&self) -> Result<Api, Failure> {
        let known = account::read()?;
        let url = match (&self.url, &known) {
            (Some(url), _) => api::address(url)?,
            (None, Some(account)) => account.url.clone(),
            (None, None) => return Err(Failure::signed_out("Run `manysite login` first.")),
        };
        if let Some(token) = std::env::var("MANYSITE_TOKEN").ok().filter(|token| !token.is_empty()) {
            return Ok(Api::new(&url).with_token(&token));
        }
        // A token goes to no other server than the one that made it.
        match known.filter(|account| account.url == url) {
            Some(account) => Ok(Api::new(&url).with_token(&account.token)),
            None => Err(Failure::signed_out(format!("Run `manysite --url {url} login` first."))),
        }
    }

    /// The tenant, with its name.
    pub fn tenant(&self, api: &Api) -> Result<(String, String), Failure> {
        let me: Value = api.get("/api/v1/me")?;
        let tenants = me.get("tenants").and_then(Value::as_array).cloned().unwrap_or_default();
        let named = |tenant: &Value| (field(tenant, "id"), field(tenant, "name"));
        let signed_in = account::read()?.filter(|account| account.url == api.url());
        let wanted = self.tenant.clone().or(signed_in.map(|account| account.tenant));
        match (wanted, tenants.as_slice()) {
            (Some(id), all) => all.iter().map(named).find(|(known, _)| *known == id).ok_or_else(|| {
                Failure::usage(format!("There is no tenant {id} for you; there are {}.", list(all)))
            }),
            (None, [one]) => Ok(named(one)),
            (None, []) => Err(Failure::usage("You are a member of no tenant.")),
            (None, all) => Err(Failure::usage(format!("Name one with --tenant: {}.", list(all)))),
        }
    }

    pub fn sites(&self, api: &Api) -> Result<Vec<Value>, Failure> {
        let (tenant, _) = self.tenant(api)?;
        api.all(&format!("/api/v1/tenants/{tenant}/sites"), "sites")
    }

    /// The site that the command line names, or the only one.
    pub fn site(&self) -> Result<Site, Failure> {
        let api = self.api()?;
        let id = match &self.site {
            Some(named) => self.find(&api, named)?.ok_or_else(|| {
                Failure::usage(format!("There is no site {named:?} for you: `manysite sites` lists them."))
            })?,
            None => match self.sites(&api)?.as_slice() {
                [one] => field(one, "id"),
                [] => return Err(Failure::usage("There is no site yet: `manysite create-site` makes one.")),
                _ => {
                    return Err(Failure::usage("There are several sites: name one with --site."));
                }
            },
        };
        Ok(Site { api, id })
    }

    /// The id of a site by its id, a host, or the first part of its host.
    pub fn find(&self, api: &Api, named: &str) -> Result<Option<String>, Failure> {
        let sites = self.sites(api)?;
        if sites.iter().any(|site| field(site, "id") == named) {
            return Ok(Some(named.to_owned()));
        }
        let named_by = |host: &str| host == named || host.split('.').next() == Some(named);
        if let Some(site) = sites.iter().find(|site| named_by(&field(site, "host"))) {
            return Ok(Some(field(site, "id")));
        }
        for site in &sites {
            let id = field(site, "id");
            if hosts(api, &id)?.iter().any(|host| named_by(&field(host, "host"))) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

/// The hosts of a site, its primary one first.
pub fn hosts(api: &Api, site: &str) -> Result<Vec<Value>, Failure> {
    api.get(&format!("/api/v1/sites/{site}/hosts"))
}

fn list(tenants: &[Value]) -> String {
    let named = tenants.iter().map(|t| format!("{} ({})", field(t, "id"), field(t, "name")));
    named.collect::<Vec<_>>().join(", ")
}
