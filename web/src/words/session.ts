/** Signing in and out. */

export const account = {
  roles: {
    admin: { word: "Admin", may: "You see and steer every project." },
    member: { word: "Member", may: "You see and steer the projects that you started." },
    viewer: { word: "Viewer", may: "You see every project, and change nothing." },
  },
  signedIn: (name: string, role: string) => `Signed in as ${name}, ${role.toLowerCase()}`,
  about: (role: string, may: string) => `${role}. ${may}`,
  signOut: "Sign out",
} as const;

export const signIn = {
  title: "Sign in · BotArmy",
  heading: "Sign in to BotArmy",
  again: "Sign in again",
  lead: "Paste the token that an admin gave you.",
  ended:
    "Your sign-in ended: the token expired or was revoked, or you signed out elsewhere. What you typed is kept until you are back.",
  token: "Token",
  placeholder: "botarmy_…",
  hide: "Hide the token",
  show: "Show the token",
  signingIn: "Signing in",
  tryAgainIn: (seconds: number) => `Try again in ${seconds} s`,
  signIn: "Sign in",
  noToken: "No token, or a lost one? Ask an admin: whoever runs this server makes them with",
  noTokenEnd: ".",
  empty: "Paste your token first.",
  otherStart: "A token begins with botarmy_. Copy it again, from its first letter on.",
  otherLength: "A token is botarmy_ and 40 letters and digits. Copy all of it.",
} as const;
