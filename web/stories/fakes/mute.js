// A player that takes no orders and says nothing.
"use strict";

draw(new Film({ heard: () => {} }));
