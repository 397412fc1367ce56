/** A parameter that an identify sets on its person, with scope PUBLIC. */
export interface PersonParameter {
  readonly name: string;
  /** JSON text, the same for equal values: compared with what the person has, and sent. */
  readonly value: string;
}

/** What a person has under a name. */
export interface StoredParameter {
  /** JSON text, written as in {@link PersonParameter}. */
  readonly value: string;
  readonly scope: string;
}

/** One call of an identify that sets its parameters on the person. */
export type PersonStep =
  /** The event, to the synchronous endpoint: the answer names the person. */
  | { readonly kind: 'identify'; readonly body: string }
  /** Which of these the person has. */
  | { readonly kind: 'read'; readonly personId: string; readonly names: readonly string[] }
  /** Changes the parameter, or makes it if it does not exist. */
  | {
      readonly kind: 'write';
      readonly personId: string;
      readonly parameter: PersonParameter;
      readonly exists: boolean;
    };
