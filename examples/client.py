import asyncio, json, urllib.request, websockets

def post(path, body):
    request = urllib.request.Request(f"http://127.0.0.1:8081/api{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))["data"]

async def main():
    session = post("/sessions/", {"user_id": "me", "name": "first"})
    run_id = post("/runs/", {"session_id": session["id"], "user_id": "me"})["run_id"]
    async with websockets.connect(f"ws://127.0.0.1:8081/api/ws/runs/{run_id}") as ws:
        await ws.send(json.dumps({"type": "start", "task": "What is 25 * 17?", "team_config": json.load(open("examples/team.json"))}))
        async for frame in ws:
            frame = json.loads(frame)
            if frame["type"] == "message": print(frame["data"]["source"], frame["data"]["content"])

asyncio.run(main())
