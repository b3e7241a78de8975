/**
 * What the pages say, in one place: a translation is another folder of this shape.
 *
 * Each file belongs to one feature or to the shell, and exports sections. What depends on a number or a name is a
 * function. A page loads the words that it uses, so they are reached as `words.section`, never passed on as a whole.
 */

export * as words from "./sections";
