import type { Document, PhotoSize } from "@grammyjs/types";
import { badRequest, tooLarge } from "../api-failure.ts";
import { imageSize } from "../image.ts";
import type { UploadedFile } from "../multipart.ts";
import { checkedPhoto } from "../rules.ts";
import type { StoredFile, World } from "../world.ts";
import type { MethodTable } from "./table.ts";

const UPLOAD_MAX_BYTES = 50 * 1024 * 1024;
const DOWNLOAD_MAX_BYTES = 20 * 1024 * 1024;
const PREVIEW_SIDE = 320;

export function fileMethods(world: World): MethodTable {
  return {
    getFile: ({ file_id }) => {
      const file = world.files.get(file_id);
      if (!file) throw badRequest("invalid file_id");
      if (file.bytes.length > DOWNLOAD_MAX_BYTES) throw badRequest("file is too big");
      return { file_id, file_unique_id: file.uniqueId, file_size: file.bytes.length, file_path: file.path };
    },
  };
}

/** Smallest size first, as on the wire. The bytes stay as they were sent: the counterpart compresses nothing. */
export function photoFrom(world: World, source: string, files: Map<string, UploadedFile>): PhotoSize[] {
  const upload = uploadIn(source, files);
  const known = upload ? undefined : knownFile(world, source);
  const bytes = upload?.bytes ?? known!.bytes;
  const { width, height } = upload ? checkedPhoto(bytes) : (imageSize(bytes) ?? { width: 1, height: 1 });
  const file = known ?? store(world, "photos", { name: upload!.name, bytes });
  const full = { ...idsOf(file), width, height };
  const scale = PREVIEW_SIDE / Math.max(width, height);
  if (scale >= 1) return [full];
  const preview = store(world, "photos", { name: file.name, bytes });
  const shrunk = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return [{ ...idsOf(preview), ...shrunk }, full];
}

export function documentFrom(world: World, source: string, files: Map<string, UploadedFile>): Document {
  const upload = uploadIn(source, files);
  if (upload && upload.bytes.length > UPLOAD_MAX_BYTES) throw tooLarge();
  if (upload && upload.bytes.length === 0) throw badRequest("file must be non-empty");
  const file = upload ? store(world, "documents", upload) : knownFile(world, source);
  return { ...idsOf(file), file_name: file.name };
}

export function store(world: World, folder: string, { name, bytes }: UploadedFile): StoredFile {
  const number = world.files.size + 1;
  const extension = /\.\w+$/.exec(name)?.[0] ?? "";
  const file = { fileId: `AgACAgQAAx${number}`, uniqueId: `AQAD${number}`, path: `${folder}/file_${number}${extension}`, name, bytes };
  world.files.set(file.fileId, file);
  return file;
}

function idsOf(file: StoredFile): { file_id: string; file_unique_id: string; file_size: number } {
  return { file_id: file.fileId, file_unique_id: file.uniqueId, file_size: file.bytes.length };
}

function uploadIn(source: string, files: Map<string, UploadedFile>): UploadedFile | undefined {
  if (!source.startsWith("attach://")) return undefined;
  const upload = files.get(source.slice("attach://".length));
  if (!upload) throw badRequest("there is no file in the request");
  return upload;
}

function knownFile(world: World, source: string): StoredFile {
  const file = world.files.get(source);
  if (!file) throw badRequest("wrong file identifier/HTTP URL specified");
  return file;
}
