#!/usr/bin/env bash
# Starts a Spark Connect server on loopback, runs the engine's tests and the snapshot's on it, and stops
# it again.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=.tools/logs
mkdir -p "$logs"
port=${KITH_SPARK_PORT:-15092}
spark=$(.tools/venv/bin/python -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
export SPARK_HOME=$PWD/.tools/spark-home
export SPARK_LOG_DIR=$PWD/$logs SPARK_PID_DIR=$PWD/.tools SPARK_IDENT_STRING=kith
export SPARK_LOCAL_IP=127.0.0.1
# The wheel is the distribution; its scripts want to be called where they lie.
ln -sfn "$spark" "$SPARK_HOME"
chmod +x "$spark"/sbin/*.sh "$spark"/bin/* 2>/dev/null
stop() { "$SPARK_HOME/sbin/stop-connect-server.sh" > /dev/null 2>&1; }
trap stop EXIT
echo "starting Spark Connect on 127.0.0.1:$port"
"$SPARK_HOME/sbin/start-connect-server.sh" --master "local[2]" \
  --conf spark.connect.grpc.binding.address=127.0.0.1 --conf spark.connect.grpc.binding.port="$port" \
  --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 \
  --conf spark.ui.enabled=false --conf spark.sql.session.timeZone=UTC \
  --conf spark.sql.warehouse.dir="$PWD/.tools/spark-warehouse" > "$logs/spark-start.log" 2>&1 \
  || { cat "$logs/spark-start.log"; exit 1; }
swift build --build-tests > "$logs/build.log" 2>&1 || { grep error: "$logs/build.log"; exit 1; }
kith=.build/debug/kith
for try in $(seq 60); do
  answer=$("$kith" engine --spark "sc://127.0.0.1:$port" --format csv 2> /dev/null || true)
  [[ "$answer" == *"Apache Spark,4"* ]] && break
  [ "$try" = 60 ] && { echo "the server does not answer"; tail -n 30 "$logs"/*spark*connect*.out; exit 1; }
  sleep 1
done
"$kith" engine --spark "sc://127.0.0.1:$port"
export KITH_SPARK_URI="sc://127.0.0.1:$port"
swift test --skip-build --disable-xctest --filter "EngineTests|SparkSnapshotTests" 2>&1 \
  | tee "$logs/spark.log" | grep -E "✘|error:|recorded an issue|Test run"
run=$(grep -oE "Test run with [0-9]+ test" "$logs/spark.log" | grep -oE "[0-9]+" | tail -1)
bad=$(grep -E "^✘ Test .* failed after" "$logs/spark.log" | grep -vcE "Test run" || true)
[ -n "${run:-}" ] || { tail -n 20 "$logs/spark.log"; echo "0 passed, 1 failed"; exit 1; }
echo "$((run - bad)) passed, $bad failed"
[ "$bad" -eq 0 ]
