// Bundles both sets of pages: the centre's into controller/web/static, the room's into
// agent/room/kiosk/static. Run through scripts/build_web.py, which brings its own Node.js.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "..");
const centre = join(root, "controller/web/static");
const room = join(root, "agent/room/kiosk/static");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  legalComments: "linked",
  loader: { ".woff2": "file", ".svg": "file" },
  assetNames: "fonts/[name]-[hash]",
  logLevel: "warning",
};

function emptied(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** One sprite of all icons: each file is one <symbol>, coloured by the text around it. */
function sprite() {
  const folder = join(here, "icons");
  const symbols = readdirSync(folder)
    .filter((name) => name.endsWith(".svg"))
    .sort()
    .map((name) => {
      const source = readFileSync(join(folder, name), "utf8");
      const box = /viewBox="([^"]+)"/.exec(source)?.[1] ?? "0 0 24 24";
      const body = source.replace(/<svg[^>]*>|<\/svg>|<!--[\s\S]*?-->/g, "").trim();
      return `<symbol id="${name.slice(0, -4)}" viewBox="${box}">${body}</symbol>`;
    });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** Names with the start of their hash, so that a page never runs yesterday's file. */
function manifest(folder) {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|css|svg)$/.test(entry.name))
    .map((entry) => {
      const digest = createHash("sha256").update(readFileSync(join(folder, entry.name)));
      return [entry.name, digest.digest("hex").slice(0, 12)];
    });
  return `${JSON.stringify(Object.fromEntries(entries.sort()), null, 1)}\n`;
}

/** Compressed twins, served to browsers that take them: a commune's line is thin. */
function compress(folder) {
  for (const name of readdirSync(folder).filter((one) => /\.(js|css|svg)$/.test(one))) {
    const packed = gzipSync(readFileSync(join(folder, name)), { level: 9 });
    writeFileSync(join(folder, `${name}.gz`), packed);
  }
}

async function buildCentre() {
  emptied(centre);
  await esbuild.build({
    ...common,
    entryPoints: [
      { in: "live/app.ts", out: "app" },
      { in: "point/point.ts", out: "point" },
      { in: "booking/booking.ts", out: "booking" },
      { in: "meeting/console.ts", out: "console" },
      { in: "meeting/roll_call.ts", out: "roll_call" },
      { in: "live/link.ts", out: "guest" },
      { in: "wall/wall.ts", out: "wall" },
      { in: "map/map.ts", out: "map" },
    ],
    outdir: centre,
    format: "esm",
    splitting: true,
    chunkNames: "chunk-[hash]",
  });
  await esbuild.build({
    ...common,
    entryPoints: [{ in: "styles/app.css", out: "app" }],
    outdir: centre,
  });
  writeFileSync(join(centre, "icons.svg"), sprite());
  cpSync(join(here, "icons/logo.svg"), join(centre, "logo.svg"));
  cpSync(
    join(here, "node_modules/@fontsource-variable/inter/LICENSE"),
    join(centre, "fonts/Inter-LICENSE.txt"),
  );
  writeFileSync(join(centre, "manifest.json"), manifest(centre));
  compress(centre);
}

async function buildRoom() {
  const script = join(here, "kiosk/main.ts");
  const style = join(here, "kiosk/kiosk.css");
  if (!existsSync(script)) return;
  mkdirSync(room, { recursive: true });
  await esbuild.build({
    ...common,
    entryPoints: [{ in: script, out: "kiosk" }],
    outdir: room,
    format: "iife",
  });
  if (existsSync(style)) {
    await esbuild.build({ ...common, entryPoints: [{ in: style, out: "kiosk" }], outdir: room });
  }
}

await buildCentre();
await buildRoom();
