// Whether two documents say the same: the same elements, attributes and text in the same order. The order of the head's
// elements does not count (React sorts them), nor does the address of the style sheet, which carries our build's digest.
import { parse } from "parse5";

const EXCEPT = /^\/-\/style\//;

function lines(node, depth, out) {
  if (node.nodeName === "#comment") return;
  if (node.nodeName === "#text") {
    if (out.at(-1)?.text) out.at(-1).line += node.value;
    else out.push({ text: true, line: node.value });
    return;
  }
  if (node.tagName) {
    const attributes = node.attrs
      .map(({ name, value }) => `${name}=${JSON.stringify(name === "href" && EXCEPT.test(value) ? "(style sheet)" : value)}`)
      .sort();
    out.push({ line: `${" ".repeat(depth)}<${[node.tagName, ...attributes].join(" ")}>` });
  } else if (node.nodeName === "#documentType") {
    out.push({ line: `doctype ${node.name}` });
  }
  if (node.tagName === "head") {
    const parts = node.childNodes.map((child) => {
      const part = [];
      lines(child, depth + 1, part);
      return part.map(({ line }) => line).join("\n");
    });
    out.push(...parts.sort().map((line) => ({ line })));
  } else {
    for (const child of node.childNodes ?? []) lines(child, depth + 1, out);
  }
  if (node.tagName) out.push({ line: `${" ".repeat(depth)}</${node.tagName}>` });
}

function flat(html) {
  const out = [];
  lines(parse(html), 0, out);
  return out.map(({ line }) => line);
}

// The first difference, or nothing.
export function difference(expected, actual) {
  const [a, b] = [flat(expected), flat(actual)];
  for (let n = 0; n < Math.max(a.length, b.length); n += 1) {
    if (a[n] !== b[n]) return `line ${n}: expected ${a[n]}, found ${b[n]}`;
  }
  return undefined;
}
