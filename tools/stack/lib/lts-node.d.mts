/** The version of Node that the image is built on. */
export declare function imageNodeVersion(root: string): string;
