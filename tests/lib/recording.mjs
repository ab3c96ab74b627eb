// Stands before the entry in rows-read.test.mjs: every statement that the Worker sends to D1 is noted with the rows that D1 says
// it read. `http://recorder.test/` answers with the notes and forgets them.
import entry from "./entry.js";

let notes = [];

function recording(session) {
  const texts = new WeakMap();
  return new Proxy(session, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === "prepare") {
        return (sql) => {
          const statement = target.prepare(sql);
          const bind = statement.bind.bind(statement);
          statement.bind = (...args) => {
            const bound = bind(...args);
            texts.set(bound, { sql, args });
            return bound;
          };
          return statement;
        };
      }
      if (name === "batch") {
        return async (statements) => {
          const results = await target.batch(statements);
          results.forEach((result, n) => notes.push({ ...texts.get(statements[n]), rowsRead: result.meta.rows_read }));
          return results;
        };
      }
      return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
    },
  });
}

function recordingDatabase(database) {
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === "withSession") return (...given) => recording(target.withSession(...given));
      return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
    },
  });
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).hostname === "recorder.test") {
      const said = JSON.stringify(notes);
      notes = [];
      return new Response(said);
    }
    return entry.fetch(request, { ...env, DB: recordingDatabase(env.DB) }, ctx);
  },
};
