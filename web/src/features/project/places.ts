/** Where things stand on a project's page, for what leads there. */

/** What is written to the team: a note, or a follow-up once the project has ended. */
export const NOTE_BOX = "note-box";

export function requestPlace(requestId: string): string {
  return `request-${requestId}`;
}
