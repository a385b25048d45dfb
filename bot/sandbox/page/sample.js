// Two seconds of a tune as Telegram's apps record it (Opus in Ogg), for those without a microphone.

import { fetchFile } from "./api.js";

/** A file to send as a voice message. Raises ApiError when it cannot be had. */
export const sampleVoice = () => fetchFile("/demo/static/voice.ogg", "voice.ogg", "audio/ogg");
