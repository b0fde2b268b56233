"""Takes one message from a queue and publishes it to another, as pika reads and writes it.

usage: echo.py URL FROM TO
"""

import sys

import pika

url, source, target = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
for method, properties, body in channel.consume(source, inactivity_timeout=30):
    if method is None:
        sys.exit("nothing came")
    channel.basic_ack(method.delivery_tag)
    break
channel.cancel()
channel.basic_publish("", target, body, properties)
connection.close()
