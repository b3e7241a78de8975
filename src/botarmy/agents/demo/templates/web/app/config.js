// What is particular to this application; the rules in logic.js work with any of it.
export const config = {{config}};
