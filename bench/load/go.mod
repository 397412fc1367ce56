module segment-extole-bridge/bench/load

go 1.22
