// On the judge's desk: tells the server which tablet this is, so that all rights of one tablet name the same device.

import { Journal } from "./journal.js";

const journal = await Journal.open();
const device = await journal.deviceId();
for (const field of document.querySelectorAll("input[name=device_id]")) field.value = device;
