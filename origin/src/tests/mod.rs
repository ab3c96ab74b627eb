mod accounts;
mod changes;
mod doors;
mod isolation;
mod sites;
mod statements;
