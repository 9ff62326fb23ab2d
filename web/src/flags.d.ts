/** Whether this is the build that Discord shows in a frame: a constant, so that each build has only its own side in it. */
declare const __ACTIVITY__: boolean;
