// What the browser remembers, under this application's own prefix. Without storage it works, and forgets.
import { config } from "./config.js";

const key = (name) => `${config.storage}:${name}`;

export function load(name, fallback) {
  try {
    const text = localStorage.getItem(key(name));
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

export function save(name, value) {
  try {
    localStorage.setItem(key(name), JSON.stringify(value));
  } catch {
    // A full or forbidden storage must not stop the application.
  }
}
