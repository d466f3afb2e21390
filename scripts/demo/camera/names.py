"""The names of the files that Chromium takes for devices."""

CAMERA, MICROPHONE = "camera.y4m", "microphone.wav"
