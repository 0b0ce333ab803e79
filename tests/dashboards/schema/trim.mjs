// Takes the prose out of a generated schema and gives names without digits to the types of fields, so that a change of
// Grafana's shows as what it is in a diff.
import { readFileSync, writeFileSync } from "node:fs";

const [, , from, to] = process.argv;
const schema = JSON.parse(readFileSync(from, "utf8"));

function plain(name) {
  return name.replace(/alias-[\d-]+<string,never>/, "Nothing").replace(/[<>]/g, "_").replace(/_$/, "");
}

function trimmed(value, isNames = false) {
  if (Array.isArray(value)) return value.map((each) => trimmed(each));
  if (value === null || typeof value !== "object") return value;
  const kept = {};
  for (const [name, each] of Object.entries(value)) {
    if (!isNames && ["description", "$comment", "deprecated"].includes(name)) continue;
    if (name === "$ref") kept[name] = "#/definitions/" + plain(decodeURIComponent(each.slice("#/definitions/".length)));
    else kept[name] = trimmed(each, !isNames && ["properties", "definitions"].includes(name));
  }
  return kept;
}

const { definitions, ...rest } = trimmed(schema);
const named = Object.entries(definitions).map(([name, each]) => [plain(name), each]);
named.sort(([one], [other]) => (one < other ? -1 : 1));
writeFileSync(to, JSON.stringify({ ...rest, definitions: Object.fromEntries(named) }, null, 1) + "\n");
