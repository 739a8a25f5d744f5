"""The broker made of files never shows half a message."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from kombu import Connection

from contactcentre import filebroker


def test_messages_put_while_they_are_read_arrive_whole(tmp_path) -> None:
    filebroker.register()
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options = folders | {"control_folder": tmp_path / "control"}
    (tmp_path / "control").mkdir()
    number = 300

    def put() -> None:
        with Connection("filesystem://localhost/", transport_options=options) as connection:
            queue = connection.SimpleQueue("slot")
            for turn in range(number):
                queue.put({"turn": turn, "load": "x" * 5000})

    writer = threading.Thread(target=put)
    writer.start()
    with Connection("filesystem://localhost/", transport_options=options) as connection:
        assert isinstance(connection.default_channel, filebroker.Channel)
        queue = connection.SimpleQueue("slot")
        got = []
        for _turn in range(number):
            message = queue.get(timeout=30)
            got.append(message.payload["turn"])
            message.ack()
    writer.join()
    assert sorted(got) == list(range(number))


def test_queues_bound_at_once_all_stand_in_the_table(tmp_path) -> None:
    filebroker.register()
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options = folders | {"control_folder": tmp_path / "control"}
    (tmp_path / "control").mkdir()
    start = threading.Barrier(8)

    def bind(name: str) -> None:
        with Connection("filesystem://localhost/", transport_options=options) as connection:
            start.wait()
            connection.default_channel._queue_bind("work", name, "", name)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bind, [f"queue{n}" for n in range(8)]))
    with Connection("filesystem://localhost/", transport_options=options) as connection:
        table = connection.default_channel.get_table("work")
    assert sorted(one.queue for one in table) == [f"queue{n}" for n in range(8)]


def test_message_put_while_another_thread_binds_its_queue_is_taken(tmp_path, monkeypatch) -> None:
    filebroker.register()
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options = folders | {"control_folder": tmp_path / "control"}
    (tmp_path / "control").mkdir()
    began, written = threading.Event(), filebroker.Channel._queue_bind

    def slowly(*words: str) -> None:
        began.set()
        time.sleep(0.3)
        written(*words)

    monkeypatch.setattr(filebroker.Channel, "_queue_bind", slowly)

    def read() -> int:
        with Connection("filesystem://localhost/", transport_options=options) as connection:
            return connection.SimpleQueue("slow").get(timeout=5).payload

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(read)
        began.wait()
        with Connection("filesystem://localhost/", transport_options=options) as connection:
            connection.SimpleQueue("slow").put(7)
        assert answer.result() == 7
