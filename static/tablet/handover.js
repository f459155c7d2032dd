// Takes the right to mark that the judge's desk has given, keeps it on this tablet, and goes on to the tablet's page.

import { Journal } from "./journal.js";

const given = JSON.parse(document.getElementById("tablet-grant").textContent);
const journal = await Journal.open();
await journal.admit(given.grant);
location.replace(given.next);
