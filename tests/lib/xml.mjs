// A strict reader for the little XML that the Worker writes: elements, attributes, text, the five named entities.
// It throws on everything that is not well-formed, which a forgiving parser would hide.

const NAME = /[A-Za-z_][\w.:-]*/y;

export function parseXml(text) {
  let at = 0;
  const fail = (what) => {
    throw new Error(`XML is not well-formed: ${what} at ${at}: ${text.slice(Math.max(0, at - 30), at + 30)}`);
  };
  const take = (literal) => (text.startsWith(literal, at) ? ((at += literal.length), true) : false);
  const space = () => {
    while (/\s/.test(text[at] ?? "")) at++;
  };
  const name = () => {
    NAME.lastIndex = at;
    const found = NAME.exec(text)?.[0] ?? fail("a name is missing");
    at += found.length;
    return found;
  };
  const decode = (raw) => {
    if (/[<\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(raw)) fail("a character that XML forbids");
    return raw.replace(/&([^;&]*);?/g, (whole, entity) => {
      const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(entity);
      const named = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }[entity];
      if (!whole.endsWith(";") || !(named || code)) fail(`entity ${whole}`);
      return named ?? String.fromCodePoint(code[1] ? parseInt(code[1], 16) : Number(code[2]));
    });
  };
  const element = () => {
    const node = { name: name(), attributes: {}, children: [], text: "" };
    for (space(); !take(">"); space()) {
      if (take("/>")) return node;
      const key = name();
      if (!take("=")) fail("= is missing");
      const quote = text[at++];
      if (quote !== '"' && quote !== "'") fail("a quote is missing");
      const end = text.indexOf(quote, at);
      if (end < 0 || key in node.attributes) fail(`attribute ${key}`);
      node.attributes[key] = decode(text.slice(at, end));
      at = end + 1;
    }
    while (!take("</")) {
      if (take("<")) {
        node.children.push(element());
        continue;
      }
      const end = text.indexOf("<", at);
      if (end < 0) fail(`${node.name} is not closed`);
      node.text += decode(text.slice(at, end));
      at = end;
    }
    if (name() !== node.name) fail(`${node.name} is closed by another name`);
    space();
    if (!take(">")) fail("> is missing");
    return node;
  };
  if (!take('<?xml version="1.0" encoding="UTF-8"?>')) fail("the declaration is missing");
  space();
  if (!take("<")) fail("no element");
  const root = element();
  space();
  if (at !== text.length) fail("something follows the root element");
  return root;
}

export function* descendants(node) {
  for (const child of node.children) {
    yield child;
    yield* descendants(child);
  }
}

/** The texts of all elements of a name. */
export function texts(root, name) {
  return [...descendants(root)].filter((n) => n.name === name).map((n) => n.text);
}
