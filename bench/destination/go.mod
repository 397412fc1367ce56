module segment-extole-bridge/bench/destination

go 1.22
