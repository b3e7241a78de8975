/** All sections, under their names. */

export * from "./analytics";
export * from "./attachments";
export * from "./conversation";
export * from "./formats";
export * from "./home";
export * from "./inbox";
export * from "./monitor";
export * from "./project";
export * from "./projects";
export * from "./session";
export * from "./settings";
export * from "./shared";
export * from "./shell";
export * from "./teams";
export * from "./timeline";
