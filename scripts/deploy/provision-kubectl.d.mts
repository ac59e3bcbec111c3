export declare function kubectlProgram(): string;
