// Writes the folder of the benchmark's site: three pages of the same sections, which differ in the number of
// cards. `world` puts typographic characters into the texts, as most real sites have them; without them all text is
// ASCII, which is the easiest case for JavaScript, whose strings then take one byte a character.
import { mkdir, rm, writeFile } from "node:fs/promises";

const [folder, text = "plain"] = process.argv.slice(2);
const world = text === "world";

// Cards of each page, chosen so that the HTML has about 4, 20 and 120 KB.
const PAGES = { small: 3, medium: 31, large: 207 };
// A section takes at most 24 cards.
const CARDS_IN_A_SECTION = 20;

const ICONS = ["bolt", "check", "clock", "leaf", "gift", "globe"];
const NAMES = ["Desk lamp", "Wall clock", "Travel kettle", "Tea & coffee set", "Garden bench", "Linen cushion", "Bread knife", "Radio \"Nord\""];
const TEXTS = [
  "Made in small numbers by people who answer the telephone themselves. Repairs are free for the first five years.",
  "Light enough to carry upstairs, heavy enough to stay where it stands. Fits rooms < 20 square metres as well.",
  "Oak, wool and steel, nothing else. It's packed without plastic and delivered on the second working day.",
  "The quiet one of the family: switch it on, forget it, & find it still running in the morning.",
];

let seed = 7;
const next = (count) => ((seed = (seed * 1103515245 + 12345) % 2147483648) >> 8) % count;

function card(n) {
  const name = `${NAMES[next(NAMES.length)]} ${n + 1}`;
  const amount = `${10 + next(400)}.${String(next(100)).padStart(2, "0")}`;
  const price = world ? `Price: €${amount} – in stock` : `Price: EUR ${amount}, in stock`;
  const words = `${TEXTS[next(TEXTS.length)]} ${TEXTS[next(TEXTS.length)]}`;
  return {
    icon: ICONS[next(ICONS.length)],
    title: name,
    text: `${world ? words.replaceAll("'", "’").replaceAll("telephone", "téléphone") : words}\n\n${price}`,
    link: { label: `See ${name}`, href: `/things/${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}` },
  };
}

function page(id, cards) {
  const sections = [
    {
      component: "hero",
      props: {
        eyebrow: "Spring 2026",
        title: "Things that last, for people who stay",
        text: "We make and mend things for the house. Come by, look around & sit down.",
        actions: [{ label: "All things", href: "/large" }, { label: "Visit us", href: "/small" }],
      },
    },
  ];
  for (let from = 0; from < cards; from += CARDS_IN_A_SECTION) {
    const items = Array.from({ length: Math.min(CARDS_IN_A_SECTION, cards - from) }, (_, n) => card(from + n));
    sections.push({ component: "features:cards", props: { title: `Shelf ${from / CARDS_IN_A_SECTION + 1}`, intro: "From our own workshop.", items } });
  }
  return { id, locale: "en", path: `/${id}`, title: `Things for the house: ${id}`, description: "Things for the house, made & mended by the people who sell them.", sections };
}

const site = {
  id: "bench",
  tenant: { id: "bench", name: "Bench", plan: "studio", status: "active" },
  name: { en: "Lamp & Oak" },
  status: "active",
  hosts: ["bench.localhost"],
  locales: ["en"],
  theme: { base: "plain" },
  frame: {
    en: {
      before: [{ component: "header", props: { brand: "Lamp & Oak", home: "/", links: Object.keys(PAGES).map((id) => ({ label: `The ${id} shelf`, href: `/${id}` })) } }],
      after: [
        {
          component: "footer",
          props: {
            columns: [{ title: "Visit", links: [{ label: "Opening hours", href: "/small" }, { label: "How to find us", href: "/medium" }] }],
            legal: [{ label: "Imprint", href: "/imprint" }],
            copyright: "2026 Lamp & Oak",
          },
        },
      ],
    },
  },
};

await rm(folder, { recursive: true, force: true });
await mkdir(`${folder}/pages`, { recursive: true });
await writeFile(`${folder}/site.json`, JSON.stringify(site));
for (const [id, cards] of Object.entries(PAGES)) await writeFile(`${folder}/pages/${id}.json`, JSON.stringify(page(id, cards)));
