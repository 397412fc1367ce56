import { spawnSync } from 'node:child_process';
import { findJava } from '../../local-kafka/java.mjs';
import { hasKafkaJars } from '../../local-kafka/jars.mjs';
import { containerEngine } from './container-broker.mjs';

const REMEDY = `One line brings both:
  Debian, Ubuntu: sudo apt-get install -y default-jre-headless maven
  Fedora:         sudo dnf install -y java-latest-openjdk-headless maven
  macOS:          brew install maven && brew install --cask temurin
Or start a container engine, or set KAFKA_BROKERS to a broker of yours.`;

/** What keeps this machine from starting a broker of ours, with the line that mends it; nothing where it can. */
export function brokerFaults({ STACK_BROKER }) {
  if (STACK_BROKER !== 'jvm' && containerEngine() !== undefined) return [];
  const missing = [...javaFaults(), ...mavenFaults()];
  return missing.length === 0 ? [] : [...missing, REMEDY];
}

function javaFaults() {
  try {
    findJava();
    return [];
  } catch (error) {
    return [error.message];
  }
}

/** Maven fetches the broker, once. */
function mavenFaults() {
  if (hasKafkaJars() || spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0) return [];
  return ['Maven (mvn) was not found. It fetches the local broker, once.'];
}
