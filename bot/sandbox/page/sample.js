// Two seconds of a tune as Telegram's apps record it (Opus in Ogg), for those without a microphone.

const OGG = [
  "T2dnUwACAAAAAAAAAABTUEFUAAAAAIluLDkBE09wdXNIZWFkAQE4AYC7AAAAAABPZ2dTAAAAAAAAAAAAAFNQQVQBAAAAfx8+",
  "fQEYT3B1c1RhZ3MIAAAAdGFwc3lyeXMAAAAAT2dnUwAEgH4BAAAAAABTUEFUAgAAAN1G0yIiVE5VPj47SU9VSUk+LjZDR0BF",
  "PTExQUtHVSwtNThFMkMuMRjgGP/l18zsWyVvi8lG/RKOANepxSMTofgYoirW6Xhexiq2f6V1HNh5MLdqrRxOk5gI0h759v5w",
  "AQPVje3Hu07e2JKwYQIhcJkgtsm5sLJ0a88QcBjondw56/AvebbrVmE3gEHVtOJ5EmvRz3Evh6+PlGSdgYT+QDnHXkOqYp8F",
  "hgFYbPw2itMcc4hM1vDMKYjid899tnJikcDc3twhvtPn1hjpmFum0JUOniw//Kr4ULXSSx4wzsDaaxXLo0zyjHzRRYzpfLAJ",
  "0lghQSyisB/XyBJY5ydunfUAoITKN43aMGQgXqnywPFghBveSXH6pcc1zMZyMoAY6fCYwG9fqNk5OUKhHq4SPj+NRkP9FAii",
  "2Pem3B4CzklvsfpWYJgW8OVrEh/gSfnAvFxDJGaN/T413B0Nuxjqz43ZVXRcGbV6aeINUoa4KcIN89BUt4Q5wKVWhYMyGnHD",
  "jDh09Rc/jw3TNGbeBmC2r06nXSR6jqCHKzLwGOnwmMBvX6jZOTlBLvwUXraRmVdByqfmu9X6vBxphMqiGtqw8lBwKyuPtZaL",
  "9sPqHNeu4k1dYlfJL3AYiTdWQcskOOOVMD3xGeWuSfe9CNG2fcwfu/7rB+svqV6k6em2tevnMtHSpv1Ht9D1EeesIYHCG94p",
  "T8syYj+AahMoB74hbWCgGOfLPQx2XI9AW+mDP/t714MPCuQG9fiBR36G0Jo8PzNqLiuel09YndojApfiELcrWF0R2sRQ/m9h",
  "QqlxO3y+8aLI952M9kh78lZfiC7s9xjp8IFL/qhKAR/9pA/UuIZtXG6KljSoaVVQnTNg+e5PnJEOIe8Xq/ZN6U3rh3a0kHy6",
  "f64hqc6KEaQn8xXTSUKw11LFMU2xKOqVS15QY8SolQHmLIAY603rv/uSkq4kTIpPsfWGq7FLseVn3V7BIDeZmHSLKfFq5hEJ",
  "ZbnGzjPQue2AMgr1agXwmVFiL9QbZgmSLkq4OCxEje40k+JAGOujQUuyb1VQ7CdRM0YwtbDL+eYAJAEnemABPIRoRHupZofQ",
  "MdrCOlmoIN/ult3oCu3uae+32VvTF6Lfgo2F5HpP2n10hdIDuBjrmOKY6uDJaz2UY30zoF0NgRfxnb4BVJPmnn6YdsFkF17q",
  "wqsP7HQrqgUswd36QMJmjy5EUFnsr/bkc3WgGMq/gziXkrTClzxM9Q1RCgMvPxrrQB6b25jdeEL6qfbjW9jKrwM+nyGsf1Fp",
  "LBgu+VdugkktVNWLC40aqRad0GBWEnQoDRCngI3YYuUxxVRXs8uXVOd6i7bRUvq0Phl8f4pWSxjpZY39Dup/jvBE8IuLCgev",
  "X7B18WFzwS+jZWW8VLSISPmB+jtfZKAumDdfHNy20JEKh9+fhg1TaJK8UY6/vyXNaSAY6uG8O91R36tT5SHD2NipolszxjTi",
  "eANl/pLeR7ZKpQeoC08E/d493dZlnPAOUqDwin60P9CH484ZoEWuh3LPmCMhD5Z8LhjrsiTrG5B70jBrvXpRadzNtVN1buSp",
  "LaalEJfIiivWE5uNyIhqQ1EohoVfwGk16vjzbPdsREmimSmd/CctVMAY666mQCs+2TwsPvJsw8jXzkHDbPQMR4xrwjOguOPJ",
  "Yg2PS8zcn2j6xRi9ZVgH8f2J87+1UDh47U1FkJH/QjQXDDLvgkwY60H2QCsKegwW19hoWgR39LdSomCwbj/983ZSLVnR+NRu",
  "EDOAdSTh04P8luYE0gZ98vQIxrJoMdrozt3CGMpiljsPQajxZlOU73SQRZ7ti8Bdz0LFCU0d/x993tpJ1mqPgvAi+jdR0tv3",
  "aUiQ0BhhcQHtEaOZT55DuQ1MRcMP9zJgHdliFGPtAYo74QG9xde6FbtrpkBwCBaPCSiXkqAY6f5GPgEoQ6Q8iH9GIU22p2X5",
  "+8xWhJvn92bXItTl9hx0RA91d9s3m2r3YPpNrzzf4T43KIzCXD/JXB4yrZNVQBjrQdXOA0H4Ht4Iy6hbyr3yv94H7qR43BsC",
  "UK9Yx0U0yJLHbCwX6r8RxUCpqichTFx/d59XSGG+R5Z3VUtu9UF1Z/4MAxuR7GrkgBjroh/zjmFTvrxKkxiWiRHZNl9VAI3z",
  "cX62kqfccphEqpp96lj1o1Kepvc8Okjx5ZmKqxZxyJ6k3AvJJXuv+xbcic4RtIuAGOulSzINOqrbadrUotskbsIPKeiwEJo/",
  "z8iAMQI/f2D1+swjaUnvftr0XwsKggnFyUqdCkA/GpeiPQiNW/4SODKAbxQ3AOppszG0XmMbJ2/T5CVjoBjrG6JyZYkiK2Qe",
  "SSVaPCLUlQVHJx7BuHfNWqGudYpujRT9i/XbOcNwEqLnGA9EOxi6deGfgwmeVwfX5h+YBs1qQhxZU+GP7jroHedxo16KRUB0",
  "EN84BoasGG6sASGmbhRfOzmo+lQqfadYJPIBN8y3n49m7hNqyuUoNOVJdeAoyQklZXo1kmI1R2jgMGoY6hhsfDy2WfImvuqm",
  "bfPMkBq6ATUbFQ0C5hb8rEtdtJ/93DQm3Kzk0KLlWJtvQTrIBktTicZ2HRjrOFqsCa2ICdDERbyb3cPIT6O2rTsI4zNvp7qF",
  "+RpabYannosCcBiFsPoVrBNXGc7VgZEFoiYDcpLoyZvvI6eidC49uBjrNqjAb1+o2Tk40kMxToUyqnkSeHcf3vtyzI6NtyJp",
  "FN9w0MAp8hhPgOyF6wD8W6VAGOugtinN95c2Xb+aLLIJrZanAtAjqHaSTOEgV1QNS1jhfKtoIw+lweH69OvdSzU2bKq/3kCc",
  "mfLlGu4TZIoxvpgX4BjKXUjAb1+o2TggOe77EfZWm7jihEGCY9fL/GDPNcg9StTqOw0Bm3Yr1fY7boAYAYe9YRinMQoU8R58",
  "5FRHsTC9hIZdfvQ9nX7uFJ6N1N4XNxq061bQutdHmC5RRX6A",
].join("");

/** A file to send as a voice message. */
export function sampleVoice() {
  const bytes = Uint8Array.from(atob(OGG), (letter) => letter.charCodeAt(0));
  return new File([bytes], "voice.ogg", { type: "audio/ogg" });
}
