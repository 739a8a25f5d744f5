"""The broker made of files never shows half a message."""

from __future__ import annotations

import threading

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
