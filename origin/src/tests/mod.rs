mod accounts;
mod changes;
mod doors;
mod isolation;
mod publish;
mod sites;
mod statements;
